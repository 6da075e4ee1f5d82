/** The application without a socket, on a test store, with an account and a client for each role. */

import { type MailOptions, mailToHold } from '../../../test/mails.ts'
import { hashCheaply } from '../../access/passwords.ts'
import { randomToken, tokenHash } from '../../access/tokens.ts'
import { type Client, createClient, type Transport } from '../../api/client.ts'
import type { Context } from '../../context.ts'
import { defaultsOf } from '../../options.ts'
import { accept } from '../../quarantine/accept.ts'
import { replaceDomains } from '../../store/account-domains.ts'
import { findAccount, insertAccount } from '../../store/accounts.ts'
import { formatId } from '../../store/ids.ts'
import { insertKey } from '../../store/keys.ts'
import type { RequestsTable } from '../../store/request-schema.ts'
import { insertRequests } from '../../store/requests.ts'
import type { Role } from '../../store/schema.ts'
import { type Application, createApplication } from '../application.ts'
import { type AdminOptions, adminOptions } from '../options.ts'
import type { AdminDeps, AreaPolicy } from '../parts.ts'

hashCheaply()

/** That `domain-administrator1` looks after. */
export const ownDomain = 'own.example'

export const localKey = `lzl_${'a'.repeat(43)}`

/** That cannot be mailed. */
export const invitations: AdminDeps['users'] = {
  url: () => 'https://mail.example.org',
  invitationHours: () => 72,
  post: null,
  idleMinutes: () => 60,
  sendersPerUser: () => 500,
  sender: { organisation: () => '', language: () => 'en' },
}

export interface TestAdmin extends Disposable {
  app: Application['app']
  options: AdminOptions
  /** A plain request; `https://localhost` is in front of the path. */
  request(path: string, init?: RequestInit & { from?: string }): Promise<Response>
  /** A client with a key of an account of this role, made as needed; nobody without a role. */
  as(role?: Role): Promise<Client>
  /** The key of that client. */
  keyOf(role: Role): Promise<string>
}

export function openAdmin(
  ctx: Context,
  given: Partial<AdminOptions> = {},
  more: Partial<AdminDeps> = {},
): TestAdmin {
  const options = { ...defaultsOf(adminOptions), ...given }
  const deps: AdminDeps = {
    policy: () => ({ areas: [spamArea] }),
    tls: { key: '', cert: '' },
    version: '0.0.0-test',
    serverName: 'quarantine.example.org',
    localKey,
    users: invitations,
    ...more,
  }
  const application = createApplication(ctx, deps, options)
  const { app } = application
  const keys = new Map<Role, Promise<string>>()
  const request: TestAdmin['request'] = async (path, { from = '192.0.2.10', ...init } = {}) =>
    app.request(`https://localhost${path}`, init, { incoming: { socket: { remoteAddress: from } } })
  const transport: Transport = async ({ url, method, headers, body }) => {
    const response = await request(url.slice(url.indexOf('/', 8)), { method, headers, body })
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      setCookie: response.headers.getSetCookie(),
      body: pieces(response),
    }
  }
  const keyOf = (role: Role) => {
    const key = keys.get(role) ?? makeKey(ctx, role)
    keys.set(role, key)
    return key
  }
  return {
    app,
    options,
    request,
    keyOf,
    async as(role) {
      return createClient({
        url: 'https://localhost',
        transport,
        ...(role ? { key: await keyOf(role) } : {}),
      })
    },
    [Symbol.dispose]: () => application[Symbol.dispose](),
  }
}

async function* pieces(response: Response): AsyncGenerator<Uint8Array> {
  for await (const piece of response.body ?? []) yield piece
}

/** An account `auditor1` … that nobody can sign in to, unless it is there already, and a new key of it. */
async function makeKey(ctx: Context, role: Role): Promise<string> {
  const key = randomToken('lzk_')
  const name = `${role}1`
  const now = ctx.clock.now()
  const ids = [ctx.db.ids.next(), ctx.db.ids.next()] as const
  await ctx.db.transaction(async (trx) => {
    const account = {
      id: ids[0],
      name,
      name_key: name,
      role,
      password: '',
      created_at: now,
      disabled_at: null,
    }
    await insertAccount(trx, account)
    await insertKey(trx, {
      id: ids[1],
      account_id: (await findAccount(trx, name))?.id ?? 0,
      name: 'test',
      hash: tokenHash(key),
      role,
      created_at: now,
      expires_at: null,
      used_at: now,
      revoked_at: null,
    })
    if (role === 'domain-administrator') await replaceDomains(trx, account.id, [ownDomain])
  })
  return key
}

export const spamArea: AreaPolicy = {
  name: 'Spam',
  keepDays: 30,
  releasableBy: ['operator'],
  visibleToUsers: true,
  inDigest: false,
  usersDownloadParts: false,
  description: '',
}

/** Holds a mail and tells its id as the API writes it. */
export async function hold(ctx: Context, text: string, options: MailOptions = {}): Promise<string> {
  const [id = 0] = await accept(ctx, await mailToHold(ctx, Buffer.from(text), options))
  return formatId(id)
}

/** Somebody has asked for the first copy of a message; tells the id of the request. */
export async function askFor(
  { db, clock }: Context,
  messageId: number,
  address: string,
  more: Partial<RequestsTable> = {},
): Promise<number> {
  const id = db.ids.next()
  await db.transaction((trx) =>
    insertRequests(trx, [
      {
        id,
        message_id: messageId,
        n: 0,
        address,
        address_key: address.toLowerCase(),
        user_id: 1,
        asked_by: address,
        note: 'I need it',
        asked_at: clock.now(),
        state: 'open',
        decided_by: '',
        decided_at: null,
        answer: '',
        ...more,
      },
    ]),
  )
  return id
}

/** Audit rows as `actor deed target`, in order. */
export async function deeds(ctx: Context): Promise<string[]> {
  const rows = await ctx.db.read.selectFrom('audit').selectAll().orderBy('seq').execute()
  return rows.map(({ actor, deed, target }) => [actor, deed, target].join(' '))
}
