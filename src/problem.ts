/**
 * What a caller can cause, and be told about. Anything else that is thrown is a bug: logged with its stack, answered
 * with 500 or 451, its text never shown.
 */
export type ProblemCode =
  | 'invalid' // the request itself is wrong: 400
  | 'unauthenticated' // 401
  | 'second-factor' // the password was right, its second factor is wanted: 401
  | 'forbidden' // 403
  | 'not-found' // 404
  | 'conflict' // somebody was there first: 409
  | 'confirm' // allowed, after a word of confirmation: 409
  | 'too-large' // 413
  | 'too-many' // throttled: 429
  | 'unavailable' // try again later: 503

export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  /** What to do about it, one sentence. */
  readonly remedy: string
  /** Plain facts for programs (field, limit, who was first …); no secrets. */
  readonly facts: Record<string, unknown>

  constructor(code: ProblemCode, what: string, remedy = '', facts: Record<string, unknown> = {}) {
    super(what)
    this.code = code
    this.remedy = remedy
    this.facts = facts
  }
}
