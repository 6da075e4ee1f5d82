/**
 * Errors as problem documents (RFC 9457): what a caller caused is told with its remedy; anything else is a bug, answered
 * with an incident number that is in the log beside the stack, and nothing of its text.
 */
import { randomBytes } from 'node:crypto'
import type { Events } from '../events.ts'
import { Problem, type ProblemCode } from '../problem.ts'

/** A refusal that only HTTP has: 405, 415, 421. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: 405 | 415 | 421
  readonly title: string
  readonly remedy: string
  readonly facts: Record<string, unknown>

  constructor(
    status: Refusal['status'],
    title: string,
    detail: string,
    remedy: string,
    facts: Record<string, unknown> = {},
  ) {
    super(detail)
    this.status = status
    this.title = title
    this.remedy = remedy
    this.facts = facts
  }
}

const kinds: Record<ProblemCode, { status: number; title: string }> = {
  invalid: { status: 400, title: 'The request is wrong' },
  unauthenticated: { status: 401, title: 'Not signed in' },
  'second-factor': { status: 401, title: 'Second factor needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  conflict: { status: 409, title: 'Conflict' },
  confirm: { status: 409, title: 'Needs confirmation' },
  'too-large': { status: 413, title: 'Too large' },
  'too-many': { status: 429, title: 'Too many attempts' },
  unavailable: { status: 503, title: 'Not available at the moment' },
}

export interface ProblemAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** @param where for the log: method and path, or a route's name. */
export function problemAnswer(error: unknown, where: string, events: Events): ProblemAnswer {
  if (error instanceof Problem) {
    const { status, title } = kinds[error.code]
    const { retryAfterS } = error.facts
    return answer(status, error.code, title, error.message, error.remedy, error.facts, {
      ...(status === 401 ? { 'www-authenticate': 'Bearer realm="Lazaret"' } : {}),
      ...(typeof retryAfterS === 'number' ? { 'retry-after': String(retryAfterS) } : {}),
    })
  }
  if (error instanceof Refusal) {
    const { status, title, message, remedy, facts } = error
    const code = { 405: 'method', 415: 'media-type', 421: 'host' }[status]
    const allow = facts.allow
    return answer(status, code, title, message, remedy, facts, {
      ...(Array.isArray(allow) ? { allow: allow.join(', ') } : {}),
    })
  }
  const incident = randomBytes(6).toString('hex')
  events.tell({ kind: 'failure', where: `http ${where} (incident ${incident})`, error })
  return answer(
    500,
    'internal',
    'Something went wrong on our side',
    'The request could not be carried out because of an error in Lazaret.',
    `Look for incident ${incident} in the log, and report it.`,
    { incident },
    {},
  )
}

function answer(
  status: number,
  code: string,
  title: string,
  detail: string,
  remedy: string,
  facts: Record<string, unknown>,
  headers: Record<string, string>,
): ProblemAnswer {
  const told = { type: `urn:lazaret:problem:${code}`, title, status, detail, remedy }
  // Facts come behind, and never instead of the members that the document must have.
  const document = { ...told, ...facts, ...told }
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify(document),
  }
}
