/** Promises on PostgreSQL: connections break, the server goes away, others take all of it; an answer is still the truth. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { accept } from '../src/quarantine/accept.ts'
import { release } from '../src/quarantine/release.ts'
import { admin, hold, states } from '../src/quarantine/testing/held.ts'
import { breakingProxy } from './breaking-proxy.ts'
import { mailToHold, storedHash } from './mails.ts'
import { forEachEngine, type OpenStore, type TestStore } from './store.ts'

/** A store of its own, reached through a proxy that breaks connections. */
async function throughProxy(open: OpenStore) {
  const direct = await open()
  await direct.ctx.db[Symbol.asyncDispose]()
  const proxy = await breakingProxy(direct.options.url)
  const store = await open({
    again: { folder: direct.folder, options: { ...direct.options, url: proxy.url } },
  })
  return { proxy, store, direct }
}

async function countMessages({ ctx }: TestStore): Promise<number> {
  return (await ctx.db.read.selectFrom('messages').select('id').execute()).length
}

async function asAdministrator<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const endSessions = (url: string, application: string) =>
  asAdministrator(url, (client) =>
    client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = $1 and pid <> pg_backend_pid()`,
      [application],
    ),
  )

forEachEngine((open, kind) => {
  if (kind !== 'postgres') return

  test('a connection that breaks during COMMIT: yes when it was carried out, no when it was not, never both', async () => {
    const { proxy, store } = await throughProxy(open)
    await using _proxy = proxy
    await using _store = store
    const { ctx } = store
    await hold(ctx) // labels are known from here on
    for (const size of [3000, 2_500_000]) {
      const before = await countMessages(store)
      const kept = await mailToHold(ctx, randomBytes(size))
      proxy.breakNext('done')
      const [id] = await accept(ctx, kept)
      assert.ok(id)
      assert.equal(await storedHash(ctx, kept.content.id), kept.content.sha256)
      const lost = await mailToHold(ctx, randomBytes(size))
      proxy.breakNext('lost')
      await assert.rejects(accept(ctx, lost))
      assert.equal(await countMessages(store), before + 1)
    }
    const id = await hold(ctx)
    proxy.breakNext('done')
    assert.equal((await release(ctx, admin, { ids: [id] }))[0]?.result, 'released')
    assert.deepEqual(await states(ctx, id), ['releasing'])
    const other = await hold(ctx)
    proxy.breakNext('lost')
    await assert.rejects(release(ctx, admin, { ids: [other] }))
    assert.deepEqual(await states(ctx, other), ['held'])
    assert.equal(proxy.broken, 6)
  })

  test('many mails in a commit whose answer is lost: each is told the truth', async () => {
    const { proxy, store } = await throughProxy(open)
    await using _proxy = proxy
    await using _store = store
    await hold(store.ctx)
    const mails = await Promise.all(
      Array.from({ length: 20 }, () => mailToHold(store.ctx, randomBytes(3000))),
    )
    proxy.breakNext('done')
    const results = await Promise.allSettled(mails.map((mail) => accept(store.ctx, mail)))
    const yes = results.filter(({ status }) => status === 'fulfilled').length
    assert.equal(yes, 20)
    assert.equal(await countMessages(store), 1 + yes)
  })

  test('a server that ends all sessions: what was under way fails, the process lives, what follows works', async () => {
    await using store = await open()
    const { db } = store.ctx
    await hold(store.ctx)
    const deadly: Error[] = []
    const note = (error: Error) => deadly.push(error)
    process.on('uncaughtExceptionMonitor', note)
    const inside = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const underWay = db.transaction(async (trx) => {
      await trx.insertInto('meta').values({ key: 'a', value: '1' }).execute()
      inside.resolve()
      await go.promise
      await trx.insertInto('meta').values({ key: 'b', value: '2' }).execute()
    })
    await inside.promise
    await endSessions(store.options.url, 'lazaret')
    await endSessions(store.options.url, 'lazaret') // a journey later we have heard of it, with no query under way
    go.resolve()
    await assert.rejects(underWay)
    process.off('uncaughtExceptionMonitor', note)
    assert.deepEqual(deadly, [])
    // A connection that was idle may still be found broken, once each.
    for (let i = 0; i < 10; i++) await hold(store.ctx).catch(() => undefined)
    const id = await hold(store.ctx)
    assert.deepEqual(await states(store.ctx, id), ['held'])
    assert.deepEqual(
      await db.read.selectFrom('meta').selectAll().where('key', 'in', ['a', 'b']).execute(),
      [],
    )
  })

  test('slow queries on every connection do not keep mail from being taken', async () => {
    await using store = await open()
    const { ctx, options } = store
    await hold(ctx)
    const end = Promise.withResolvers<void>()
    const busy = Array.from({ length: options.connections }, () =>
      ctx.db.transaction(async () => await end.promise),
    )
    await accept(ctx, await mailToHold(ctx, randomBytes(3000)))
    end.resolve()
    await Promise.all(busy)
  })

  test('the lock on the number of a process is taken again when its session breaks', async () => {
    await using store = await open()
    const holders = () =>
      asAdministrator(store.options.url, async (client) => {
        const { rows } = await client.query<{ pid: number }>(
          `select pid from pg_locks where locktype = 'advisory' and classid = 7245
           and database = (select oid from pg_database where datname = current_database())`,
        )
        return rows.map(({ pid }) => pid)
      })
    const before = await holders()
    assert.equal(before.length, 1)
    await endSessions(store.options.url, 'lazaret')
    let now = await holders()
    while (now.length === 0 || now[0] === before[0]) {
      await setImmediate()
      now = await holders()
    }
    assert.equal(now.length, 1)
    await using second = await open({ again: store })
    assert.notEqual((second.ctx.db.ids.next() % 4096) >> 8, (store.ctx.db.ids.next() % 4096) >> 8)
  })

  test('what a node holds that hangs in a transaction, the server gives back to the others', async () => {
    await using store = await open()
    const { rows } = await sql<{ ms: string }>`
      select setting as ms from pg_settings where name = 'idle_in_transaction_session_timeout'`.execute(
      store.ctx.db.read,
    )
    // Longer than any pause of a busy node, shorter than others' patience (admin.request_timeout_s).
    assert.deepEqual(rows, [{ ms: '10000' }])
  })

  test('a transaction one of whose statements failed is not taken for done', async () => {
    await using store = await open()
    const { engine } = store.ctx.db
    const hiding = engine.transaction(async (tx) => {
      await tx.run(`insert into meta (key, value) values ('a', '1')`)
      await tx.run('select nonsense').catch(() => undefined)
    })
    await assert.rejects(hiding, /rolled back/)
  })
})
