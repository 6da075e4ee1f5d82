/**
 * Promise: everybody gets, at the own time, one digest of the own held mail that is new; nobody gets none or two,
 * whatever fails and however many nodes run.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault, faultyEngine } from '../../test/faulty.ts'
import { forEachEngine, type TestStore, testClock } from '../../test/store.ts'
import { changeUser } from '../access/users.ts'
import { remove } from '../quarantine/remove.ts'
import { updateUser } from '../store/users.ts'
import { startDigests } from './digests.ts'
import { setSchedule } from './plan.ts'
import { administrator, dayMs, digestDeps, held, hourMs, ownSchedule, queued, user } from './testing/site.ts'

const recipientsOf = async (store: TestStore) => (await queued(store)).map(({ to }) => to).sort()
const subjects = (text: string) => [...text.matchAll(/^\d+\. (.*)$/gm)].map(([, subject]) => subject)
const status = (code: string) => ({ code })

// The clock of the tests begins at nine; digests come at seven.
const untilSeven = 22 * hourMs

forEachEngine((open) => {
  test('at the time, what is new, to whom it was for; nothing new, no mail', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await user(store, 'Anna@example.org', { aliases: ['a@example.org'], delegations: ['sales@example.org'] })
    await user(store, 'ben@example.org')
    await user(store, 'nobody@example.org')
    const off = await user(store, 'gone@example.org')
    await changeUser(ctx, administrator, off.id, { disabled: true })
    await using digests = startDigests(ctx, digestDeps())
    await clock.turn(hourMs)
    await held(ctx, ['ANNA@example.org', 'ben@example.org', 'stranger@example.org'], { subject: 'both' })
    await held(ctx, ['a@example.org', 'anna@example.org', 'gone@example.org'], { subject: 'alias' })
    await held(ctx, ['sales@example.org'], { subject: 'sales' })
    await held(ctx, ['ben@example.org'], { subject: 'quiet', group: { area: 'Quiet' } })
    await held(ctx, ['ben@example.org'], { subject: 'hidden', group: { area: 'Hidden' } })
    const deleted = await held(ctx, ['ben@example.org'], { subject: 'deleted' })
    await remove(ctx, administrator, { ids: [deleted] })
    await clock.turn(untilSeven - 2 * hourMs)
    assert.deepEqual(await queued(store), [])
    await clock.turn(2 * hourMs)
    const first = (await queued(store)).sort((a, b) => (a.to < b.to ? -1 : 1))
    assert.deepEqual(
      first.map(({ to, text }) => [to, subjects(text)]),
      [
        ['Anna@example.org', ['sales', 'alias', 'both']],
        ['ben@example.org', ['both']],
      ],
    )
    assert.match(
      first[0]!.text,
      /To: a@example\.org, Anna@example\.org|To: Anna@example\.org, a@example\.org/,
    )
    assert.ok(!first.some(({ raw, text }) => /stranger/.test(raw + text)))
    // The next day: nothing; then only what came since.
    await clock.turn(dayMs)
    assert.deepEqual(await queued(store), [])
    await held(ctx, ['ben@example.org'], { subject: 'later' })
    await clock.turn(dayMs)
    const [second, ...none] = await queued(store)
    assert.deepEqual([second?.to, subjects(second?.text ?? ''), none], ['ben@example.org', ['later'], []])
    await digests.round()
    assert.deepEqual(await queued(store), [])
  })

  test('it is a mail like it should be, and links may do what the area allows', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await user(store, 'anna@example.org')
    await using digests = startDigests(ctx, digestDeps())
    await digests.round()
    const hostile = '<script>x</script>\u202e"\r\nBcc: evil@example.net'
    await held(ctx, ['anna@example.org'], { subject: hostile, sender: '<b>\u2066@example.net' })
    await held(ctx, ['anna@example.org'], { subject: 'ask', group: { area: 'Ask' } })
    await held(ctx, ['anna@example.org'], { subject: 'virus', group: { reason: 'malware' } })
    await clock.turn(dayMs)
    const [digest] = await queued(store)
    assert.ok(digest)
    const head = digest.raw.slice(0, digest.raw.indexOf('\r\n\r\n')).replaceAll('\r\n ', ' ')
    for (const field of [
      /^From: "Mail Quarantine" <quarantine@example\.org>$/m,
      /^To: <anna@example\.org>$/m,
      /^Message-ID: <[\w.-]+@example\.org>$/m,
      /^Auto-Submitted: auto-generated$/m,
      /^List-Unsubscribe: <https:\/\/mail\.example\.org\/digest\/[\w-]{60}>$/m,
      /^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m,
      /^Content-Type: multipart\/alternative; boundary=/m,
    ])
      assert.match(head, field)
    assert.ok(!/^(?:X-|Precedence|Bcc)/im.test(head))
    assert.match(digest.raw, /^[\r\n\x20-\x7e]*$/)
    assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(digest.text + digest.html))
    assert.match(digest.html, /&lt;script&gt;x&lt;\/script&gt;\[U\+202E\]&quot; Bcc/)
    assert.ok(!/<(?:script|img|link|style|iframe)|src=|url\(|@import/i.test(digest.html))
    // Two may only be deleted; and one link ends the digests.
    assert.equal(digest.links.length, 5)
    assert.equal(digest.text.match(/Only an administrator can release/g)?.length, 2)
    assert.equal(digest.html.match(/Only an administrator can release/g)?.length, 2)
  })

  test('a hundred are listed, the others counted', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await user(store, 'anna@example.org')
    await using digests = startDigests(ctx, digestDeps())
    await digests.round()
    await Promise.all(
      Array.from({ length: 103 }, (_, i) => held(ctx, ['anna@example.org'], { subject: `n${i}` })),
    )
    await clock.turn(dayMs)
    const [digest] = await queued(store)
    assert.equal(subjects(digest?.text ?? '').length, 100)
    assert.match(digest?.text ?? '', /And 3 more messages\./)
    assert.match(digest?.raw ?? '', /Subject: 103 new messages in your quarantine/)
    await clock.turn(dayMs)
    assert.deepEqual(await queued(store), [])
  })

  test('in the time zone and language of each, by the own schedule; a change of clocks gives one', async () => {
    // Berlin puts its clocks on in the night to the 29th.
    await using store = await open({ clock: testClock(Date.UTC(2026, 2, 27, 12)) })
    const { ctx, clock } = store
    const berlin = await user(store, 'berlin@example.org')
    const tokyo = await user(store, 'tokyo@example.org')
    const weekly = await user(store, 'weekly@example.org')
    await ctx.db.transaction(async (trx) => {
      await updateUser(trx, berlin.id, { time_zone: 'Europe/Berlin', locale: 'de' })
      await updateUser(trx, tokyo.id, { time_zone: 'Asia/Tokyo', locale: 'ja' })
    })
    const deps = digestDeps()
    await setSchedule(ctx, deps.options, administrator, weekly, { times: ['12:00'], days: ['mon'] })
    assert.deepEqual(await ownSchedule(ctx, weekly.id), { times: ['12:00'], days: ['mon'] })
    await using digests = startDigests(ctx, deps)
    await digests.round()
    const sent: string[] = []
    for (let hour = 0; hour < 80; hour++) {
      await held(ctx, ['berlin@example.org', 'tokyo@example.org', 'weekly@example.org'])
      await clock.turn(hourMs)
      for (const { to, raw } of await queued(store)) {
        const subject = /^Subject: (.*)$/m.exec(raw)?.[1] ?? ''
        sent.push(
          `${new Date(clock.now()).toISOString().slice(5, 13)} ${to.split('@')[0]} ${subject.slice(0, 12).trim()}`,
        )
      }
    }
    assert.deepEqual(
      sent.map((line) => line.replace(/=\?utf-8.*/, 'encoded').replace(/\d+ new.*/, 'new')),
      [
        '03-27T22 tokyo encoded',
        '03-28T06 berlin encoded',
        '03-28T22 tokyo encoded',
        '03-29T05 berlin encoded',
        '03-29T22 tokyo encoded',
        '03-30T05 berlin encoded',
        '03-30T12 weekly new',
      ],
    )
  })

  test('who is new gets what is new at the next time, however near it is', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await user(store, 'anna@example.org')
    await using _ = startDigests(ctx, digestDeps({ tickMs: 60_000 }))
    await clock.turn(untilSeven - 2 * 60_000)
    await held(ctx, ['ben@example.org'], { subject: 'waits' })
    await clock.turn(70_000)
    await user(store, 'ben@example.org')
    await clock.turn(2 * 60_000)
    assert.deepEqual(
      (await queued(store)).map(({ to, text }) => [to, subjects(text)]),
      [['ben@example.org', ['waits']]],
    )
  })

  test('what was missed while nothing ran is one digest; none while switched off', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const anna = await user(store, 'anna@example.org')
    const deps = digestDeps()
    {
      await using digests = startDigests(ctx, deps)
      await digests.round()
    }
    for (let day = 0; day < 4; day++) {
      await held(ctx, ['anna@example.org'], { subject: `day ${day}` })
      await clock.turn(dayMs)
    }
    // At once: nobody waits for the next look.
    const posted = Promise.withResolvers<void>()
    ctx.events.listen(({ kind }) => kind === 'posted' && posted.resolve())
    await using _ = startDigests(ctx, deps)
    await posted.promise
    const [digest, ...others] = await queued(store)
    assert.deepEqual([subjects(digest?.text ?? ''), others], [['day 3', 'day 2', 'day 1', 'day 0'], []])
    await setSchedule(ctx, deps.options, administrator, anna, { times: ['07:00'], days: [] })
    await held(ctx, ['anna@example.org'])
    await clock.turn(3 * dayMs)
    assert.deepEqual(await queued(store), [])
  })

  test('by hand: a preview changes nothing and its links do nothing; sending counts as the digest', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const anna = await user(store, 'anna@example.org')
    await using digests = startDigests(ctx, digestDeps())
    assert.equal(await digests.preview(anna.id, false), null)
    assert.equal(await digests.send(administrator, anna.id, false), false)
    await held(ctx, ['anna@example.org'], { subject: 'one' })
    await clock.turn(2 * 60_000)
    const preview = await digests.preview(anna.id, false)
    assert.deepEqual(subjects(preview?.text ?? ''), ['one'])
    assert.ok(!/\/digest\/(?!preview\b)/.test(`${preview?.text}${preview?.html}`))
    assert.deepEqual(await queued(store), [])
    assert.equal(await digests.send(administrator, anna.id, false), true)
    assert.deepEqual(await recipientsOf(store), ['anna@example.org'])
    await clock.turn(dayMs)
    assert.deepEqual(await queued(store), [])
    assert.equal(await digests.send(administrator, anna.id, false), false)
    assert.equal(await digests.send(administrator, anna.id, true), true)
    const rows = await ctx.db.read.selectFrom('audit').selectAll().where('deed', '=', 'digest.send').execute()
    assert.equal(rows.length, 2)
    await assert.rejects(digests.send(administrator, 5, false), status('not-found'))
  })

  test('two nodes share a round: everybody gets one', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const names = Array.from({ length: 40 }, (_, i) => `u${i}@example.org`)
    for (const name of names) await user(store, name)
    await using one = startDigests(ctx, digestDeps())
    await one.round()
    await held(ctx, names)
    await using two = startDigests({ ...ctx, clock: testClock(clock.now() + dayMs) }, digestDeps())
    await clock.turn(2 * hourMs)
    const late = testClock(clock.now() + dayMs)
    await using three = startDigests({ ...ctx, clock: late }, digestDeps())
    await Promise.all([two.round(), three.round()])
    await clock.turn(2 * dayMs)
    assert.deepEqual(await recipientsOf(store), [...names].sort())
  })

  test('a fault at any call gives nobody none and nobody two', async () => {
    for (const moment of ['before', 'after'] as const) {
      const { wrap, faults } = faultyEngine()
      await using store = await open({ wrap })
      const { ctx, clock } = store
      const names = ['a@example.org', 'b@example.org', 'c@example.org']
      for (const name of names) await user(store, name)
      /** Another process, at the store's time. */
      const node = () => startDigests({ ...ctx, clock: testClock(clock.now()) }, digestDeps())
      const round = async () => {
        await using digests = node()
        await digests.round()
      }
      await round()
      for (let n = 1; ; n++) {
        await held(ctx, names, { subject: `this ${n}` })
        await clock.turn(dayMs)
        {
          await using dying = node()
          faults.arm(n, moment)
          const fault = await dying.round().then(
            () => null,
            (error: unknown) => error,
          )
          assert.ok(fault === null || fault instanceof Fault, String(fault))
        }
        const { hit } = faults
        faults.disarm()
        await clock.turn(11 * 60_000)
        await round()
        await clock.turn(dayMs)
        await round()
        assert.deepEqual(
          (await queued(store)).map(({ to, text }) => `${to} ${subjects(text)}`).sort(),
          names.map((name) => `${name} this ${n}`),
          `${moment} call ${n}`,
        )
        if (!hit) break
        assert.ok(n < 100)
      }
    }
  })
})
