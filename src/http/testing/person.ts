/** Somebody at a browser: signs in, keeps the cookie, asks. */
import type { TestAdmin } from './admin.ts'

export interface Answer {
  status: number
  /** The end of a problem's type; '' for anything else. */
  code: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  body: any
}

export interface Person {
  /** A request with the cookie of the last sign-in. */
  ask(method: string, path: string, body?: unknown, from?: string): Promise<Answer>
  signIn(name: string, password: string, code?: string, from?: string): Promise<Answer>
}

/** `path` is what comes behind /api/v1. */
export function personAt(admin: TestAdmin): Person {
  let cookie = ''
  const ask: Person['ask'] = async (method, path, body, from) => {
    const response = await admin.request(`/api/v1${path}`, {
      method,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(from ? { from } : {}),
    })
    const set = response.headers.get('set-cookie')
    if (set) cookie = set.split(';')[0] ?? ''
    const answer = response.status === 204 ? {} : ((await response.json()) as Record<string, unknown>)
    const code = /^urn:lazaret:problem:(.*)$/.exec(String(answer.type ?? ''))?.[1] ?? ''
    return { status: response.status, code, body: answer }
  }
  return {
    ask,
    signIn: (name, password, code, from) =>
      ask('POST', '/session', { name, password, ...(code === undefined ? {} : { code }) }, from),
  }
}
