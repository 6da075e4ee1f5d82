/**
 * Promise: every admin route does for everybody, about their mail and about that of others, exactly what
 * testing/who-may.ts says; what a domain administrator does not see is not there for him.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { systemActor } from '../access/actor.ts'
import { inviteUser } from '../access/invitations.ts'
import { roles } from '../access/roles.ts'
import type { Route } from '../api/route.ts'
import { type RouteName, routes } from '../api/routes.ts'
import type { Context } from '../context.ts'
import type { Digests } from '../digest/digests.ts'
import { release } from '../quarantine/release.ts'
import { listDeliveries } from '../store/delivery-list.ts'
import { formatId, parseId } from '../store/ids.ts'
import { askFor, hold, invitations, openAdmin, ownDomain, type TestAdmin } from './testing/admin.ts'
import { type Side, sides, type Things, unrestricted, whoMay } from './testing/who-may.ts'

const table = Object.entries<Route>(routes) as [RouteName, Route][]

/** Whose digests are sent is decided before one is made. */
const digests: Digests = {
  round: async () => ({ users: 0, sent: 0 }),
  usual: () => ({ times: ['07:00'], days: [], timeZone: 'UTC', language: 'en' }),
  standings: async (users) =>
    users.map(() => ({ own: null, timeZone: 'UTC', language: 'en', nextAt: null, sentAt: null })),
  preview: async () => null,
  send: async () => false,
  async [Symbol.asyncDispose]() {},
}

let count = 0

const addressesOn: Record<Side, (n: number) => string[]> = {
  own: (n) => [`a${n}@${ownDomain}`],
  shared: (n) => [`a${n}@${ownDomain}`, `b${n}@other.example`],
  others: (n) => [`b${n}@other.example`],
}

/**
 * New ones of a side: those of the domain administrator's own account stand on the sides that he sees.
 * @param before what is taken of these but for the one thing that is changed, and messages.
 */
async function thingsOn(
  ctx: Context,
  admin: TestAdmin,
  side: Side,
  before?: Things,
  changed?: keyof Things,
): Promise<Things> {
  const n = count++
  const recipients = addressesOn[side](n)
  const [first = '', ...aliases] = recipients
  const subject = `mail ${n}`
  const owner = await admin.as(side === 'others' ? 'administrator' : 'domain-administrator')
  const newly = (thing: keyof Things, make: () => Promise<string>) =>
    before && thing !== changed ? before[thing] : make()
  const held = (about: string) => hold(ctx, `Subject: ${about}\r\n\r\nx\r\n`, { recipients, subject: about })
  return {
    subject,
    message: await held(subject),
    address: side === 'others' ? `new${n}@other.example` : `new${n}@${ownDomain}`,
    delivery: await newly('delivery', async () => {
      const message = parseId(await held('released')) ?? 0
      await release(ctx, systemActor, { ids: [message], recipients: [first], delaySeconds: 60 })
      const { items } = await listDeliveries(ctx.db, { messageId: message, limit: 1 })
      return formatId(items[0]?.id ?? 0)
    }),
    request: await newly('request', async () => {
      const message = parseId(await held('asked for')) ?? 0
      return formatId(await askFor(ctx, message, first))
    }),
    job: await newly('job', async () => {
      const order = { action: 'delete', criteria: { subject: 'nothing' }, messages: 0 } as const
      const asOf = formatId(ctx.db.ids.next())
      return (await owner.call('startJob', { body: { ...order, asOf } })).id
    }),
    key: await newly('key', async () => (await owner.call('createKey', { body: { name: `key ${n}` } })).id),
    search: await newly('search', async () => {
      const body = { name: `search ${n}`, query: '', shared: side === 'others' }
      return (await owner.call('saveSearch', { body })).id
    }),
    user: await newly('user', async () => {
      const person = { name: first, display: '', aliases, delegations: [], locale: null, timeZone: null }
      const { user } = await inviteUser(ctx, systemActor, person, invitations, false)
      return formatId(user.id)
    }),
    now: formatId(ctx.db.ids.next()),
  }
}

async function ask(admin: TestAdmin, name: RouteName, things: Things, key: string | null): Promise<string> {
  const { id, query, body, told } = whoMay[name]
  const route: Route = routes[name]
  const path = route.path
    .replace('{id}', id ? things[id] : 'x')
    .replace('{name}', 'nobody')
    .replace('{part}', '0')
    .replace('{sender}', '00000000001')
    .replace('{address}', things.address)
  const answer = await admin.request(`${path}${query?.(things) ?? ''}`, {
    method: route.method.toUpperCase(),
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body(things)) } : {}),
  })
  if (route.mediaType === 'text/event-stream') await answer.body?.cancel()
  else if (told && answer.ok) {
    const text = await answer.text()
    return told(/json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : null, things, text)
  }
  return String(answer.status)
}

test('the table has everybody', () => {
  assert.deepEqual([...unrestricted, 'domain-administrator', 'reviewer'].sort(), [...roles].sort())
})

forEachEngine((open, kind) => {
  test('every route × everybody × own, shared and others’', async () => {
    await using store = await open()
    const { ctx } = store
    const users = { ...invitations, post: { put: async () => {}, wake: () => {} } }
    using admin = openAdmin(ctx, { sign_in_failures: 1000 }, { digests, users })
    const known = new Map<Side, Things>()
    for (const side of sides) known.set(side, await thingsOn(ctx, admin, side))
    const wrong: string[] = []
    for (const [name, route] of table) {
      const { all, domain, reviewer = '403', changes, id } = whoMay[name]
      const look = async (who: string, side: Side, key: string | null, wanted: string | undefined) => {
        const before = known.get(side) as Things
        const things = changes ? await thingsOn(ctx, admin, side, before, id) : before
        const found = await ask(admin, name, things, key)
        if (found !== wanted) wrong.push(`${name} as ${who} about ${side}: ${found}, not ${wanted}`)
        // No worker is there to end them.
        await ctx.db.transaction((trx) => trx.updateTable('jobs').set({ state: 'done' }).execute())
      }
      for (const [s, side] of sides.entries()) {
        const line = (typeof all === 'string' ? all : (all[s] ?? '')).split(' ')
        // Who may what by his role is the same on both engines; what is of some domains is found by each in its own way.
        if (kind === 'sqlite') {
          if (route.permission !== 'anyone') await look('nobody', side, null, '401')
          for (const [r, role] of unrestricted.entries())
            await look(role, side, await admin.keyOf(role), line[r])
          await look('reviewer', side, await admin.keyOf('reviewer'), reviewer)
        }
        const key = await admin.keyOf('domain-administrator')
        await look('domain administrator', side, key, domain.split(' ')[s])
      }
    }
    assert.deepEqual(wrong, [])
  })
})
