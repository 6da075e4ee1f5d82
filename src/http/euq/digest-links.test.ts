/**
 * Promise: whatever opens a link of a digest changes nothing; its button acts once, for its user, and says what became of
 * the message; and no link says or does more than it was signed for.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../../test/store.ts'
import { startDigests } from '../../digest/digests.ts'
import { openLinks } from '../../digest/links.ts'
import { countOpened } from '../../digest/opens.ts'
import { digestOptions } from '../../digest/options.ts'
import {
  administrator,
  dayMs,
  digestAreas,
  digestDeps,
  held,
  hourMs,
  ownSchedule,
  queued,
  user,
} from '../../digest/testing/site.ts'
import { defaultsOf } from '../../options.ts'
import { release } from '../../quarantine/release.ts'
import { countOpens } from '../../store/digest-links.ts'
import { updateUser } from '../../store/users.ts'
import type { EuqOptions } from './options.ts'
import { addUser, disable, openEuq, signedIn } from './testing/euq.ts'

const form = (words: string, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: words,
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
})

function openLinked(
  { ctx }: TestStore,
  set: Partial<ReturnType<typeof defaultsOf<typeof digestOptions>>> = {},
  euqSet: Partial<EuqOptions> = {},
) {
  const options = { ...defaultsOf(digestOptions), enabled: true, ...set }
  const opens = countOpened(ctx)
  const links = openLinks(ctx)
  const euq = openEuq(ctx, {
    digest: { options, links, opens },
    policy: () => ({ areas: digestAreas.map((area) => ({ ...area, description: '' })) }),
    options: { base_url: 'https://mail.example.org', ...euqSet },
  })
  const page = async (path: string, init: RequestInit & { from?: string } = {}) => {
    const response = await euq.request(path, init)
    const html = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      html,
      words: /<p role="status">(.*?)<\/p>/.exec(html)?.[1] ?? '',
      action: /name="do" value="([\w-]+)"/.exec(html)?.[1] ?? '',
    }
  }
  return { euq, opens, links, page }
}

const signed = async (
  store: TestStore,
  { id, name_key }: { id: number; name_key: string },
  messageId: number,
  action: 'not-spam' | 'delete' | 'unsubscribe' | 'approve',
  lifeMs = 30 * dayMs,
) => {
  const expiresAt = store.clock.now() + lifeMs
  const signer = await openLinks(store.ctx).signer()
  return `/digest/${signer.sign({ userId: id, messageId, action, expiresAt }, name_key)}`
}

/** All that may not change by looking, counters of links apart. */
async function everything({ ctx }: TestStore): Promise<string> {
  const { read } = ctx.db
  return JSON.stringify([
    await read.selectFrom('holdings').selectAll().orderBy('message_id').orderBy('n').execute(),
    await read.selectFrom('deliveries').selectAll().execute(),
    await read
      .selectFrom('audit')
      .select(({ fn }) => fn.countAll().as('count'))
      .execute(),
    await read.selectFrom('digests').selectAll().orderBy('user_id').execute(),
    await read.selectFrom('digest_keys').selectAll().execute(),
  ])
}

forEachEngine((open) => {
  test('a crawler opens every link of many digests twice: nothing changes; then each button works once', async () => {
    await using store = await open()
    const { ctx, clock } = store
    // DIGESTS=1000 is what the continuous check asks for once; few are enough to see each kind of link.
    const count = Number(process.env.DIGESTS ?? 80)
    await Promise.all(Array.from({ length: count }, (_, i) => user(store, `u${i}@example.org`)))
    const deps = digestDeps({ rounds: false })
    await using digests = startDigests(ctx, deps)
    await digests.round()
    await Promise.all(Array.from({ length: count }, (_, i) => held(ctx, [`u${i}@example.org`])))
    await clock.turn(dayMs)
    await digests.round()
    const all = await queued(store)
    assert.equal(all.length, count)
    const paths = all.flatMap(({ links }) => links)
    assert.equal(new Set(paths).size, 4 * count)
    const { page, opens } = openLinked(store)
    const before = await everything(store)
    const actions = new Map<string, string>()
    for (const round of [1, 2])
      for (let at = 0; at < paths.length; at += 50)
        await Promise.all(
          paths.slice(at, at + 50).map(async (path) => {
            const seen = await page(path, round === 1 ? {} : { headers: { 'sec-purpose': 'prefetch' } })
            assert.equal(seen.status, 200)
            actions.set(path, seen.action)
            assert.equal((await page(path, { method: 'HEAD' })).status, 200)
          }),
        )
    await opens.flush()
    assert.equal(await everything(store), before)
    assert.deepEqual(await countOpens(ctx.db.read), { links: 4 * count, acted: 0, robots: 4 * count })
    const results = new Map<string, number>()
    for (let at = 0; at < all.length; at += 20)
      await Promise.all(
        all.slice(at, at + 20).map(async ({ links }, i) => {
          const by = new Map(links.map((path) => [actions.get(path) ?? '', path]))
          const chosen = ['not-spam', 'delete', 'approve', 'delete'][(at + i) % 4] ?? ''
          const path = by.get(chosen) ?? ''
          for (const turn of ['first', 'second']) {
            const { words } = await page(path, form(`do=${chosen}`))
            const said = words.replace(/\(by you.*?\)|on \d.*/g, '…')
            results.set(`${turn} ${said}`, (results.get(`${turn} ${said}`) ?? 0) + 1)
          }
        }),
      )
    assert.deepEqual(Object.fromEntries(results), {
      'first The message is on its way to you.': count / 4,
      'first The message is on its way to you. sender@example.org is an approved sender.': count / 4,
      'first The message is deleted.': count / 2,
      'second This message was released already …. It is on its way.': count / 2,
      'second This message was deleted already ….': count / 2,
    })
    await opens.flush()
    assert.deepEqual(await countOpens(ctx.db.read), { links: 4 * count, acted: count, robots: 3 * count })
    assert.equal((await ctx.db.read.selectFrom('deliveries').selectAll().execute()).length, count / 2)
    const senders = await ctx.db.read.selectFrom('senders').select(['kind', 'pattern']).execute()
    assert.equal(senders.length, count / 4)
  })

  test('the page says what the button will do, in the language of the user, and is nothing but a page', async () => {
    await using store = await open()
    const { ctx } = store
    const anna = await user(store, 'anna@example.org')
    const { page } = openLinked(store)
    const id = await held(ctx, ['anna@example.org', 'ben@example.org'], {
      subject: '<img src=x onerror=alert(1)>\u202e',
      sender: 'a&b@example.net',
    })
    const path = await signed(store, anna, id, 'not-spam')
    const seen = await page(path)
    assert.match(seen.words, /This message will be delivered to you/)
    assert.match(seen.html, /&lt;img src=x onerror=alert\(1\)&gt;\[U\+202E\]/)
    assert.match(seen.html, /a&amp;b@example\.net/)
    assert.match(seen.html, /it looks like spam/)
    assert.ok(
      !/<script|<img|ben@example|src=|https?:\/\/(?!mail\.example\.org)/.test(
        seen.html.replace(/&lt;.*?&gt;/g, ''),
      ),
    )
    assert.match(
      seen.headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    )
    assert.equal(seen.headers.get('referrer-policy'), 'no-referrer')
    assert.equal(seen.headers.get('cache-control'), 'no-store')
    assert.match((await page(path, { headers: { 'accept-language': 'fr-CH, en' } })).words, /sera remis/)
    await ctx.db.transaction((trx) => updateUser(trx, anna.id, { locale: 'de' }))
    assert.match((await page(path, { headers: { 'accept-language': 'fr' } })).words, /wird Ihnen zugestellt/)
  })

  test('released to that user alone; who was first is told without a name', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const anna = await user(store, 'anna@example.org', { delegations: ['sales@example.org'] })
    const ben = await user(store, 'ben@example.org', { delegations: ['sales@example.org'] })
    const { page } = openLinked(store)
    const both = await held(ctx, ['anna@example.org', 'ben@example.org'])
    assert.match(
      (await page(await signed(store, anna, both, 'not-spam'), form('do=not-spam'))).words,
      /on its way to you/,
    )
    const rows = await ctx.db.read
      .selectFrom('holdings')
      .selectAll()
      .where('message_id', '=', both)
      .orderBy('n')
      .execute()
    assert.deepEqual(
      rows.map(({ address, state, changed_by }) => [address, state, changed_by]),
      [
        ['anna@example.org', 'releasing', 'anna@example.org (user)'],
        ['ben@example.org', 'held', 'system'],
      ],
    )
    const sales = await held(ctx, ['sales@example.org'])
    await page(await signed(store, anna, sales, 'delete'), form('do=delete'))
    const second = await page(await signed(store, ben, sales, 'delete'), form('do=delete'))
    assert.match(second.words, /deleted already \(by somebody else who looks after this mail, 15 Jan 2026/)
    assert.ok(!second.html.includes('anna'))
    const third = await held(ctx, ['ben@example.org'])
    await release(ctx, administrator, { ids: [third] })
    await clock.turn(1000)
    assert.match(
      (await page(await signed(store, ben, third, 'delete'))).words,
      /released already \(by an administrator/,
    )
    // Taken from him: not there.
    assert.equal(
      (await page(await signed(store, ben, await held(ctx, ['anna@example.org']), 'delete'))).status,
      404,
    )
  })

  test('the link that approves says whom; a full list or a mail without a sender keeps nothing back', async () => {
    await using store = await open()
    const { ctx } = store
    const someone = await user(store, 'anna@example.org')
    const { page } = openLinked(store, {}, { senders_per_user: 1 })
    const linkFor = async (sender: string) =>
      await signed(store, someone, await held(ctx, ['anna@example.org'], { sender }), 'approve')
    const first = await linkFor('Carl@shop.example')
    assert.match((await page(first)).words, /carl@shop\.example is not held as spam/)
    assert.equal((await ctx.db.read.selectFrom('senders').selectAll().execute()).length, 0)
    assert.match((await page(first, form('do=approve'))).words, /carl@shop\.example is an approved sender\.$/)
    assert.match((await page(first, form('do=approve'))).words, /released already/)
    const second = await linkFor('dora@shop.example')
    assert.match(
      (await page(second, form('do=approve'))).words,
      /on its way to you\..* list of senders is full/,
    )
    const third = await linkFor('anna@example.org')
    assert.match((await page(third, form('do=approve'))).words, /no sender that could be approved/)
    assert.equal((await ctx.db.read.selectFrom('deliveries').selectAll().execute()).length, 3)
    const [entry, ...more] = await ctx.db.read.selectFrom('senders').selectAll().execute()
    assert.deepEqual([entry?.pattern, entry?.kind, more.length], ['carl@shop.example', 'approved', 0])
  })

  test('malware and what the area keeps is never released, expired and gone is told friendly', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const anna = await user(store, 'anna@example.org')
    const { page } = openLinked(store)
    const before = async (id: number) =>
      (await ctx.db.read.selectFrom('holdings').select('state').where('message_id', '=', id).execute())[0]
        ?.state
    for (const [group, words] of [
      [{ reason: 'malware' }, /virus scanner/],
      [{ area: 'Ask' }, /Ask an administrator/],
    ] as const) {
      const id = await held(ctx, ['anna@example.org'], { group })
      const path = await signed(store, anna, id, 'not-spam')
      for (const init of [{}, form('do=not-spam')]) {
        const seen = await page(path, init)
        assert.deepEqual([seen.status, seen.action], [403, ''])
        assert.match(seen.words, words)
      }
      assert.equal(await before(id), 'held')
    }
    const id = await held(ctx, ['anna@example.org'])
    const short = await signed(store, anna, id, 'not-spam', hourMs)
    await clock.turn(hourMs)
    const expired = await page(short, form('do=not-spam'))
    assert.deepEqual([expired.status, await before(id)], [410, 'held'])
    assert.match(expired.words, /has expired/)
    const long = await signed(store, anna, id, 'not-spam')
    const tampered = `${long.slice(0, -1)}${long.endsWith('A') ? 'B' : 'A'}`
    const odd = await page(tampered, { ...form('do=not-spam'), headers: { 'accept-language': 'es' } })
    assert.equal(odd.status, 404)
    assert.match(odd.words, /no es válido/)
    assert.equal((await page(await signed(store, anna, 12345, 'delete'))).status, 404)
    await disable(ctx, anna.id)
    assert.equal((await page(long, form('do=not-spam'))).status, 404)
    assert.equal(await before(id), 'held')
  })

  test('what is not our form acts not: other words, other methods, other sites, large bodies', async () => {
    await using store = await open()
    const { ctx } = store
    const anna = await user(store, 'anna@example.org')
    const { page, euq } = openLinked(store)
    const id = await held(ctx, ['anna@example.org'])
    const path = await signed(store, anna, id, 'not-spam')
    const before = await everything(store)
    for (const init of [
      { method: 'POST' },
      form(''),
      form('do=delete'),
      form('List-Unsubscribe=One-Click'),
      form(`x=${'x'.repeat(5000)}&do=not-spam`),
      form('do=not-spam', { 'sec-fetch-site': 'cross-site' }),
      form('do=not-spam', { 'sec-fetch-site': 'same-site' }),
    ])
      assert.equal((await page(path, init)).action, 'not-spam', JSON.stringify(init).slice(0, 100))
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
      assert.ok((await euq.request(path, { method })).status >= 400, method)
    assert.ok((await euq.request(`${path}?do=not-spam`, { method: 'GET' })).ok)
    assert.equal(await everything(store), before)
    assert.match(
      (await page(path, form('do=not-spam', { 'sec-fetch-site': 'same-origin' }))).words,
      /on its way/,
    )
  })

  test('one click ends the digests, and opening the link does not', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const anna = await user(store, 'anna@example.org')
    const { page } = openLinked(store, { links_need_sign_in: true })
    const path = await signed(store, anna, 0, 'unsubscribe')
    assert.match((await page(path)).words, /no more digests/)
    assert.equal(await ownSchedule(ctx, anna.id), null)
    assert.equal((await page(path, form('List-Unsubscribe=One-Click'))).status, 200)
    assert.deepEqual((await ownSchedule(ctx, anna.id))?.days, [])
    await using digests = startDigests(ctx, digestDeps({ rounds: false }))
    await held(ctx, ['anna@example.org'])
    await clock.turn(2 * dayMs)
    assert.deepEqual(await digests.round(), { users: 0, sent: 0 })
    assert.deepEqual(await queued(store), [])
  })

  test('where it is set, links act for the signed-in user only', async () => {
    await using store = await open()
    const { ctx } = store
    const ids = [await addUser(ctx, 'anna@example.org'), await addUser(ctx, 'ben@example.org')]
    const { page, euq } = openLinked(store, { links_need_sign_in: true })
    const id = await held(ctx, ['anna@example.org'])
    const path = await signed(store, { id: ids[0]!, name_key: 'anna@example.org' }, id, 'delete')
    const cookieOf = async (name: string) => (await signedIn(euq, name)).cookie
    assert.equal((await page(path, form('do=delete'))).status, 403)
    const as = async (name: string) =>
      form('do=delete', { cookie: await cookieOf(name), 'sec-fetch-site': 'same-origin' })
    assert.equal((await page(path, await as('ben@example.org'))).status, 403)
    assert.match((await page(path, await as('anna@example.org'))).words, /is deleted/)
  })

  test('a user chooses when digests come; what is no schedule is refused', async () => {
    await using store = await open()
    const { ctx } = store
    const id = await addUser(ctx, 'anna@example.org')
    const anna = await signedIn(openLinked(store).euq, 'anna@example.org')
    const { body: before } = await anna.ask('GET', '/digest')
    assert.deepEqual([before.isOn, before.usual.times, before.own], [true, ['07:00'], null])
    // Nothing is planned yet; the next seven o'clock in the zone of the configuration.
    assert.deepEqual([before.timeZone, before.language, before.sentAt], ['UTC', 'en', null])
    assert.match(before.nextAt, /T07:00:00/)
    await anna.ask('PATCH', '/preferences', { timeZone: 'Asia/Tokyo', locale: 'ja' })
    const { body: moved } = await anna.ask('GET', '/digest')
    assert.deepEqual([moved.timeZone, moved.language], ['Asia/Tokyo', 'ja'])
    assert.match(moved.nextAt, /T22:00:00/)
    assert.equal(
      (await anna.ask('PATCH', '/digest', { own: { times: ['07:00'], days: [] } })).body.nextAt,
      null,
    )
    const own = { times: ['12:30'], days: ['fri', 'mon'] }
    const { body: after } = await anna.ask('PATCH', '/digest', { own })
    assert.deepEqual(after.own, { times: ['12:30'], days: ['mon', 'fri'] })
    assert.deepEqual(await ownSchedule(ctx, id), after.own)
    for (const wrong of [
      { times: ['25:00'], days: [] },
      { times: [], days: ['mon'] },
      { times: ['12:00'], days: ['x'] },
    ])
      assert.equal((await anna.ask('PATCH', '/digest', { own: wrong })).status, 400)
    assert.equal((await anna.ask('PATCH', '/digest', { own: null })).body.own, null)
    const off = await signedIn(openEuq(ctx), 'anna@example.org')
    assert.equal((await off.ask('GET', '/digest')).body.isOn, false)
    assert.equal((await off.ask('PATCH', '/digest', { own: null })).status, 404)
  })

  test('guessing is slowed down by network, and no log has a link in it', async () => {
    await using store = await open()
    const anna = await user(store, 'anna@example.org')
    const { page } = openLinked(store)
    const id = await held(store.ctx, ['anna@example.org'])
    const path = await signed(store, anna, id, 'not-spam')
    let last = 0
    for (let i = 0; i < 101; i++)
      last = (await page(`/digest/${'A'.repeat(60)}`, { from: '198.51.100.9' })).status
    assert.equal(last, 429)
    assert.equal((await page(path, { from: '198.51.100.9' })).status, 429)
    for (let i = 0; i < 150; i++) assert.equal((await page(path)).status, 200)
    await page(path, form('do=not-spam'))
    const audit = await store.ctx.db.read.selectFrom('audit').selectAll().execute()
    const token = path.slice('/digest/'.length)
    assert.ok(!JSON.stringify([audit, store.told]).includes(token))
  })
})
