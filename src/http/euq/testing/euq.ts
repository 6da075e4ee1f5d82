/** The application of users without a socket, on a test store, and somebody at a browser in front of it. */
import type { Hono } from 'hono'
import type { Post, WrittenLetter } from '../../../access/letters/letter.ts'
import { hashCheaply, hashPassword } from '../../../access/passwords.ts'
import { localMethod } from '../../../access/signin/local.ts'
import { signInOptions } from '../../../access/signin/options.ts'
import type { Context } from '../../../context.ts'
import { addressKey } from '../../../mail/envelope.ts'
import { defaultsOf } from '../../../options.ts'
import type { AddressKind } from '../../../store/user-schema.ts'
import { insertUser, replaceAddresses, updateUser } from '../../../store/users.ts'
import type { Env } from '../../mount.ts'
import type { AreaPolicy } from '../../parts.ts'
import { createEuq } from '../application.ts'
import { type EuqOptions, euqOptions } from '../options.ts'
import type { EuqDeps } from '../parts.ts'

hashCheaply()

export const password = 'four words and more'
let hashed: Promise<string> | undefined

const area = (name: string, more: Partial<AreaPolicy> = {}): AreaPolicy => ({
  name,
  keepDays: 30,
  releasableBy: ['recipient'],
  visibleToUsers: true,
  inDigest: true,
  usersDownloadParts: false,
  description: '',
  ...more,
})
export const areas: AreaPolicy[] = [
  area('Spam'),
  area('Files', { usersDownloadParts: true }),
  area('Review', { releasableBy: ['operator'] }),
  area('Closed', { releasableBy: ['nobody'] }),
  area('Virus', { visibleToUsers: false, releasableBy: ['administrator'] }),
]

export const euqDeps = (ctx: Context, more: Partial<EuqDeps> = {}): EuqDeps => ({
  policy: () => ({ areas }),
  methods: () => [localMethod(ctx.db)],
  providers: [],
  signIn: defaultsOf(signInOptions),
  post: null,
  sender: { organisation: () => '', language: () => 'en' },
  logo: () => null,
  ownDomains: () => ['example.com'],
  tls: { key: '', cert: '' },
  version: '0.0.0-test',
  serverName: 'quarantine.example.org',
  secret: 's'.repeat(43),
  ...more,
})

export interface TestEuq {
  app: Hono<Env>
  /** `https://localhost` is in front of the path. */
  request(path: string, init?: RequestInit & { from?: string }): Promise<Response>
}

export function openEuq(
  ctx: Context,
  { options = {}, ...deps }: Partial<EuqDeps> & { options?: Partial<EuqOptions> } = {},
): TestEuq {
  const app = createEuq(ctx, euqDeps(ctx, deps), { ...defaultsOf(euqOptions), ...options })
  return {
    app,
    request: async (path, { from = '192.0.2.10', ...init } = {}) =>
      app.request(`https://localhost${path}`, init, { incoming: { socket: { remoteAddress: from } } }),
  }
}

/** With mailed links that can be read. */
export function postbox(): {
  post: Post
  letters: (WrittenLetter & { to: string })[]
  links(): string[]
} {
  const letters: (WrittenLetter & { to: string })[] = []
  return {
    letters,
    post: { put: async (_, letter) => void letters.push(letter), wake: () => undefined },
    links: () => letters.map(({ text }) => /#([\w-]{43})$/m.exec(text)?.[1] ?? ''),
  }
}

/** A user with that password, who may act for these addresses besides his own. */
export async function addUser(
  { db, clock }: Context,
  name: string,
  more: Partial<Record<AddressKind, string[]>> = {},
): Promise<number> {
  hashed ??= hashPassword(password)
  const id = db.ids.next()
  const now = clock.now()
  const told = { own: [name], ...more }
  const kinds = Object.keys(told) as AddressKind[]
  const user = { id, name, name_key: addressKey(name), display: '', source: 'test', password: await hashed }
  await db.transaction(async (trx) => {
    const rest = {
      locale: '',
      time_zone: '',
      preferences: '{}',
      created_at: now,
      disabled_at: null,
      seen_at: null,
    }
    await insertUser(trx, { ...user, ...rest })
    const rows = kinds.flatMap((kind) =>
      (told[kind] ?? []).map((address) => ({
        user_id: id,
        address_key: addressKey(address),
        address,
        kind,
        source: 'test',
        added_by: 'test',
        added_at: now,
      })),
    )
    await replaceAddresses(trx, { userId: id, source: 'test', kinds }, rows)
  })
  return id
}

export const disable = ({ db, clock }: Context, id: number): Promise<void> =>
  db.transaction((trx) => updateUser(trx, id, { disabled_at: clock.now() }))

export interface Answer {
  status: number
  /** The end of a problem's type; '' for anything else. */
  code: string
  // biome-ignore lint/suspicious/noExplicitAny: whatever came
  body: any
  headers: Headers
}

export interface Someone {
  /** `path` is what comes behind /api/v1/my. */
  ask(method: string, path: string, body?: unknown, more?: Record<string, string>): Promise<Answer>
  signIn(name: string, given?: string, from?: string): Promise<Answer>
  readonly cookie: string
}

export function someoneAt({ request }: TestEuq): Someone {
  let cookie = ''
  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    { from, ...more }: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await request(`/api/v1/my${path}`, {
      method,
      headers: {
        ...(cookie ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(from ? { from } : {}),
    })
    const set = response.headers.get('set-cookie')
    if (set) cookie = set.split(';')[0] ?? ''
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const text = await response.text()
    const answer = isJson ? JSON.parse(text) : text
    const code = /^urn:lazaret:problem:(.*)$/.exec(String(answer?.type ?? ''))?.[1] ?? ''
    return { status: response.status, code, body: answer, headers: response.headers }
  }
  return {
    ask,
    signIn: (name, given = password, from = '192.0.2.10') =>
      ask('POST', '/session', { name, password: given }, { from }),
    get cookie() {
      return cookie
    },
  }
}

/** Somebody who has signed in. */
export async function signedIn(euq: TestEuq, name: string): Promise<Someone> {
  const someone = someoneAt(euq)
  const { status } = await someone.signIn(name)
  if (status !== 200) throw new Error(`signing in as ${name}: ${status}`)
  return someone
}
