/** Whether an answer says that a mailed link is good no more. */
import { ApiError } from '../../api/request.ts'

export const isUsedUp = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 401)
