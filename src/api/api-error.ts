/** What a caller of the API gets when it refuses or cannot be reached: the words of its problem document. For browsers too. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  /** 0: the server was not reached. */
  readonly status: number
  /** `conflict`, `forbidden` …: the end of the problem's type. */
  readonly code: string
  /** What to do about it; may be ''. */
  readonly remedy: string
  /** All members of the problem document. */
  readonly problem: Record<string, unknown>

  constructor(status: number, problem: Record<string, unknown>, fallback = `The server answered ${status}.`) {
    super(typeof problem.detail === 'string' ? problem.detail : fallback)
    this.status = status
    this.code = String(problem.type ?? '').replace(/^.*:/, '')
    this.remedy = typeof problem.remedy === 'string' ? problem.remedy : ''
    this.problem = problem
  }

  /** The field of a form that the problem is about. */
  get field(): string | null {
    return typeof this.problem.field === 'string' ? this.problem.field : null
  }
}
