/** The rows of requests for release; as schema.ts has the others. */

/** void: the copy was released, deleted or expired before anybody decided. */
export type RequestState = 'open' | 'approved' | 'denied' | 'withdrawn' | 'void'

/** A user asks for one copy of a message. */
export interface RequestsTable {
  id: number
  message_id: number
  /** Of the recipient. */
  n: number
  address: string
  address_key: string
  user_id: number
  /** The name of that user then. */
  asked_by: string
  note: string
  asked_at: number
  state: RequestState
  /** Who ended it; '' while it is open. */
  decided_by: string
  decided_at: number | null
  /** What the user is told. */
  answer: string
}
