/** Promise: users see their own held mail, all of it and nothing else, and what they do touches their own copies alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MailOptions } from '../../../test/mails.ts'
import { forEachEngine } from '../../../test/store.ts'
import { systemActor } from '../../access/actor.ts'
import type { Context } from '../../context.ts'
import type { HeldGroup } from '../../quarantine/accept.ts'
import { remove } from '../../quarantine/remove.ts'
import { verdictOf } from '../../scan/testing/verdict.ts'
import { holdingsOf } from '../../store/holdings.ts'
import { parseId } from '../../store/ids.ts'
import { deeds, hold } from '../testing/admin.ts'
import { addUser, openEuq, type Someone, signedIn } from './testing/euq.ts'

const mail = (ctx: Context, subject: string, recipients: string[], options: MailOptions = {}) =>
  hold(ctx, `Subject: ${subject}\r\n\r\nThe text.\r\n`, { subject, recipients, ...options })
const inArea = (area: string, reason: HeldGroup['reason'] = 'spam'): MailOptions => ({
  group: { area, reason },
})

async function list(someone: Someone, query = ''): Promise<string[]> {
  const { status, body } = await someone.ask('GET', `/messages${query}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.items.map(({ subject }: { subject: string }) => subject)
}
const order = async (someone: Someone, deed: string, ...ids: string[]): Promise<string[]> => {
  const { status, body } = await someone.ask('POST', `/messages/${deed}`, { ids })
  assert.equal(status, 200, JSON.stringify(body))
  return body.results.map(({ result }: { result: string }) => result)
}
const states = async (ctx: Context, id: string) =>
  Object.fromEntries(
    (await holdingsOf(ctx.db.read, [parseId(id) ?? 0])).map(({ address, state }) => [address, state]),
  )

forEachEngine((open) => {
  test('one list of all own addresses, without the mail of others and of areas that users do not see', async () => {
    await using store = await open()
    const { ctx, clock } = store
    await addUser(ctx, 'anna@example.com', { alias: ['A.B@example.com'], delegated: ['sales@example.com'] })
    const subjects: [string, string[], MailOptions?][] = [
      ['own', ['Anna@Example.com']],
      ['alias', ['a.b@example.com', 'bert@example.com']],
      ['delegated', ['SALES@example.com'], inArea('Review', 'content')],
      ['of another', ['bert@example.com']],
      ['like hers', ['joanna@example.com']],
      ['hidden area', ['anna@example.com'], inArea('Virus', 'malware')],
      ['unknown area', ['anna@example.com'], inArea('Nowhere')],
      ['second of her own', ['anna@example.com'], { sender: 'friend@bank.example' }],
    ]
    for (const [subject, recipients, options] of subjects) {
      await clock.turn(1000)
      await mail(ctx, subject, recipients, options)
    }
    const anna = await signedIn(openEuq(ctx), 'anna@example.com')
    const all = ['second of her own', 'delegated', 'alias', 'own']
    assert.deepEqual(await list(anna), all)
    assert.deepEqual(await list(anna, '?order=asc'), all.toReversed())
    assert.deepEqual(await list(anna, '?sort=subject'), all.toSorted())
    assert.deepEqual(await list(anna, '?q=OWN'), ['second of her own', 'own'])
    assert.deepEqual(await list(anna, '?q=bank.ex'), ['second of her own'])
    assert.deepEqual(await list(anna, '?q=del*ted'), ['delegated'])
    assert.deepEqual(await list(anna, '?reason=content'), ['delegated'])
    assert.deepEqual(await list(anna, '?limit=2&page=2'), ['alias', 'own'])
    const pages: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await anna.ask('GET', `/messages?limit=3${cursor ? `&cursor=${cursor}` : ''}`)
      pages.push(...body.items.map(({ subject }: { subject: string }) => subject))
      cursor = body.nextCursor
    }
    assert.deepEqual(pages, all)

    const { body } = await anna.ask('GET', '/messages?q=alias')
    assert.deepEqual([body.total, body.totalIsExact], [1, true])
    const [item] = body.items
    // Who else got it is not for her to know.
    assert.doesNotMatch(JSON.stringify(item), /bert/)
    assert.deepEqual(
      item.copies.map(({ address, state }: Record<string, string>) => [address, state]),
      [['a.b@example.com', 'held']],
    )
    const none = { download: false, withdraw: false, restore: false }
    assert.deepEqual(item.may, { ...none, notSpam: true, request: false, delete: true })
    assert.equal(Date.parse(item.expiresAt) - Date.parse(item.receivedAt), 30 * 86_400_000)
    const [delegated] = (await anna.ask('GET', '/messages?q=delegated')).body.items
    assert.deepEqual(delegated.may, { ...none, notSpam: false, request: true, delete: true })
  })

  test('what an address is taken away from is gone at once', async () => {
    await using store = await open()
    const { ctx } = store
    const id = await addUser(ctx, 'anna@example.com', { delegated: ['sales@example.com'] })
    const message = await mail(ctx, 'of sales', ['sales@example.com'])
    const anna = await signedIn(openEuq(ctx), 'anna@example.com')
    assert.deepEqual(await list(anna), ['of sales'])
    await ctx.db.transaction((trx) =>
      trx.deleteFrom('user_addresses').where('user_id', '=', id).where('kind', '=', 'delegated').execute(),
    )
    assert.deepEqual(await list(anna), [])
    assert.equal((await anna.ask('GET', `/messages/${message}/content`)).status, 404)
    assert.deepEqual(await order(anna, 'not-spam', message), ['not-found'])
  })

  test('Not Spam releases the own copies alone, once, and tells nothing of the others', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, 'anna@example.com')
    await addUser(ctx, 'dora@example.com', { delegated: ['anna@example.com'] })
    const [first, second] = [
      await mail(ctx, 'one', ['anna@example.com', 'bert@example.com']),
      await mail(ctx, 'two', ['anna@example.com']),
    ]
    const of = await mail(ctx, 'of bert', ['bert@example.com'])
    const euq = openEuq(ctx)
    const [anna, dora] = [await signedIn(euq, 'anna@example.com'), await signedIn(euq, 'dora@example.com')]
    assert.deepEqual(await order(anna, 'not-spam', first, of, second), ['done', 'not-found', 'done'])
    assert.deepEqual(await states(ctx, first), {
      'anna@example.com': 'releasing',
      'bert@example.com': 'held',
    })
    assert.deepEqual(await states(ctx, of), { 'bert@example.com': 'held' })
    const due = await ctx.db.read.selectFrom('deliveries').select('address').execute()
    assert.deepEqual(
      due.map(({ address }) => address),
      ['anna@example.com', 'anna@example.com'],
    )
    const again = await dora.ask('POST', '/messages/not-spam', { ids: [first] })
    assert.deepEqual(again.body.results, [
      { id: first, result: 'refused', text: 'It is on its way already.' },
    ])
    const released = (await deeds(ctx)).filter((deed) => deed.includes('message.release'))
    assert.deepEqual(
      released.sort(),
      [
        `anna@example.com (user) message.release ${first}`,
        `anna@example.com (user) message.release ${second}`,
      ].sort(),
    )
    const { body } = await anna.ask('GET', '/messages?q=one')
    assert.equal(body.items[0].copies[0].state, 'releasing')
    assert.equal(body.items[0].may.notSpam, false)
  })

  test('malware is never released by a user, whatever the area allows; nor what its area does not allow', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, 'anna@example.com')
    const verdict = verdictOf('clamav', 'malware')
    const byReason = await mail(ctx, 'by reason', ['anna@example.com'], inArea('Spam', 'malware'))
    const byVerdict = await mail(ctx, 'by verdict', ['anna@example.com'])
    await ctx.db.transaction((trx) =>
      trx
        .updateTable('messages')
        .set({ verdicts: JSON.stringify([verdict]) })
        .where('id', '=', parseId(byVerdict) ?? 0)
        .execute(),
    )
    const byArea = await mail(ctx, 'by area', ['anna@example.com'], inArea('Review'))
    const closed = await mail(ctx, 'closed', ['anna@example.com'], inArea('Closed'))
    const hidden = await mail(ctx, 'hidden', ['anna@example.com'], inArea('Virus'))
    const anna = await signedIn(openEuq(ctx), 'anna@example.com')
    assert.deepEqual(await order(anna, 'not-spam', byReason, byVerdict, byArea, closed, hidden), [
      'refused',
      'refused',
      'refused',
      'refused',
      'not-found',
    ])
    const { body } = await anna.ask('POST', '/messages/not-spam', { ids: [byReason, byVerdict] })
    for (const { text } of body.results) assert.match(text, /virus scanner held it/)
    const confirmed = { ids: [byReason], confirmVirus: true }
    assert.equal((await anna.ask('POST', '/messages/not-spam', confirmed)).status, 400)
    for (const id of [byReason, byVerdict, byArea, closed, hidden])
      assert.deepEqual(await states(ctx, id), { 'anna@example.com': 'held' })
    const may = async (id: string) => (await anna.ask('GET', `/messages/${id}`)).body.may.request
    assert.deepEqual(
      [await may(byReason), await may(byVerdict), await may(byArea), await may(closed)],
      [false, false, true, false],
    )
  })

  test('deleted is taken back, but not what an administrator has deleted', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, 'anna@example.com')
    const own = await mail(ctx, 'own', ['anna@example.com', 'bert@example.com'])
    const theirs = await mail(ctx, 'theirs', ['anna@example.com'])
    const anna = await signedIn(openEuq(ctx), 'anna@example.com')
    assert.deepEqual(await order(anna, 'delete', own), ['done'])
    assert.deepEqual(await order(anna, 'delete', own), ['refused'])
    assert.deepEqual(await order(anna, 'not-spam', own), ['refused'])
    assert.deepEqual(await states(ctx, own), { 'anna@example.com': 'deleted', 'bert@example.com': 'held' })
    await remove(ctx, systemActor, { ids: [parseId(theirs) ?? 0] })
    assert.deepEqual(await list(anna), [])
    assert.deepEqual((await list(anna, '?show=deleted')).sort(), ['own', 'theirs'])
    assert.deepEqual(await order(anna, 'restore', own, theirs), ['done', 'refused'])
    assert.deepEqual(await states(ctx, theirs), { 'anna@example.com': 'deleted' })
    assert.deepEqual(await list(anna), ['own'])
  })

  test('a message is looked into on the record, as a page that does nothing', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, 'anna@example.com')
    const html =
      'Content-Type: text/html\r\n\r\n<p>Hi<script>alert(1)</script><img src="https://t.example/x">'
    const message = await hold(ctx, html, { recipients: ['anna@example.com'] })
    const anna = await signedIn(openEuq(ctx), 'anna@example.com')
    const page = await anna.ask('GET', `/messages/${message}/rendered`)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
    assert.doesNotMatch(String(page.body), /script|t\.example\/x"/)
    const { body } = await anna.ask('GET', `/messages/${message}/content`)
    assert.equal(body.remoteContent, 1)
    assert.ok((await deeds(ctx)).includes(`anna@example.com (user) message.view ${message}`))
  })
})
