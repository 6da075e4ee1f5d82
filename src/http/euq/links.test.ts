/** Promise: a mailed link signs in whoever can read the mail of an address, once, and tells nobody else anything. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import { letterTexts } from '../../access/letters/letter.ts'
import { type LinkSettings, openLinks } from '../../access/signin/link.ts'
import { signInOptions } from '../../access/signin/options.ts'
import type { Context } from '../../context.ts'
import { defaultsOf } from '../../options.ts'
import { updateUser } from '../../store/users.ts'
import { hold } from '../testing/admin.ts'
import { addUser, disable, openEuq, postbox, someoneAt } from './testing/euq.ts'

const base_url = 'https://mail.example.org'
const signIn = defaultsOf(signInOptions)
const holdFor = (ctx: Context, recipient: string, area?: string) =>
  hold(ctx, 'Subject: x\r\n\r\nx\r\n', { recipients: [recipient], ...(area ? { group: { area } } : {}) })

/** Asks for links as the application does, and waits until the letter, if there is one, is on its way. */
function opened(ctx: Context, more: Partial<LinkSettings> = {}) {
  const box = postbox()
  const euq = openEuq(ctx, { post: box.post, signIn, options: { base_url } })
  const settings: LinkSettings = {
    post: box.post,
    sender: { organisation: () => '', language: () => 'en' },
    page: () => `${base_url}/sign-in`,
    minutes: () => 15,
    createsUsers: () => true,
    ownDomains: () => ['Example.com'],
    areas: () => ['Spam'],
    ...more,
  }
  const links = openLinks(ctx, settings)
  return {
    euq,
    box,
    settings,
    ask: (address: string, origin = '192.0.2.10') => links.ask({ address, origin }),
    use: (token = box.links().at(-1) ?? '') => someoneAt(euq).ask('POST', '/session/link/use', { token }),
  }
}

forEachEngine((open) => {
  test('it signs in once, in its time, and of two who come with it at the same moment one', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const { box, ask, use } = opened(ctx)
    await addUser(ctx, 'anna@example.com', { alias: ['a@elsewhere.org'] })
    await ask(' A@elsewhere.org')
    assert.equal(box.letters[0]?.to, 'a@elsewhere.org')
    const [link = ''] = box.links()
    const rows = await ctx.db.read.selectFrom('user_tokens').selectAll().execute()
    assert.ok(!JSON.stringify(rows).includes(link))
    const both = await Promise.all([use(link), use(link)])
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 404])
    assert.equal(both.find(({ status }) => status === 200)?.body.name, 'anna@example.com')
    assert.equal((await use(link)).status, 404)
    await ask('anna@example.com')
    await clock.turn(15 * 60_000)
    assert.equal((await use()).status, 404)
  })

  test('a link that was asked for before its address was taken away, or its user disabled, is good no more', async () => {
    await using store = await open()
    const { ctx } = store
    const { ask, use } = opened(ctx)
    const id = await addUser(ctx, 'anna@example.com', { alias: ['a@example.com'] })
    await ask('a@example.com')
    await ctx.db.transaction((trx) =>
      trx.deleteFrom('user_addresses').where('address_key', '=', 'a@example.com').execute(),
    )
    assert.equal((await use()).status, 404)
    await ask('anna@example.com')
    await disable(ctx, id)
    assert.equal((await use()).status, 404)
    assert.equal((await ctx.db.read.selectFrom('users').selectAll().execute()).length, 1)
  })

  test('somebody unknown becomes a user: only in own domains, only with held mail, only where that is wanted', async () => {
    await using store = await open()
    const { ctx } = store
    const { box, ask, use } = opened(ctx)
    await addUser(ctx, 'bert@example.com', { delegated: ['sales@elsewhere.org'] })
    await disable(ctx, await addUser(ctx, 'gone@example.com', { alias: ['g@example.com'] }))
    for (const address of ['stranger@elsewhere.org', 'g@example.com', 'gone@example.com'])
      await holdFor(ctx, address)
    await holdFor(ctx, 'secret@example.com', 'Virus')
    for (const address of [
      'stranger@elsewhere.org',
      'sales@elsewhere.org',
      'nobody@example.com',
      'secret@example.com',
      'gone@example.com',
      'g@example.com',
      'nonsense',
      'x\r\nBcc: y@example.com',
      'x>,<y@example.com',
      'a b@example.com',
      '@example.com',
    ])
      await ask(address)
    assert.equal(box.letters.length, 0)
    await holdFor(ctx, 'new@example.com')
    await ask('New@example.com')
    assert.equal(box.letters[0]?.to, 'new@example.com')
    assert.deepEqual((await use()).body.addresses, [{ address: 'new@example.com', kind: 'own' }])

    // All below a domain, and not that itself.
    const below = opened(ctx, { ownDomains: () => ['*.Example.net'] })
    for (const address of ['a@deep.example.net', 'b@example.net', 'c@notexample.net']) {
      await holdFor(ctx, address)
      await below.ask(address)
    }
    assert.deepEqual(
      below.box.letters.map(({ to }) => to),
      ['a@deep.example.net'],
    )

    const closed = opened(ctx, { createsUsers: () => false })
    await holdFor(ctx, 'late@example.com')
    await closed.ask('late@example.com')
    await closed.ask('bert@example.com')
    assert.deepEqual(
      closed.box.letters.map(({ to }) => to),
      ['bert@example.com'],
    )
  })

  test('asking floods nobody: three letters an hour to one address, whichever service is asked', async () => {
    await using store = await open()
    const { ctx, clock } = store
    const { box, ask, settings } = opened(ctx)
    const second = openLinks(ctx, settings)
    await addUser(ctx, 'victim@example.com')
    for (let i = 0; i < 5; i++) {
      await ask('victim@example.com', `198.51.100.${i}`)
      await second.ask({ address: 'victim@example.com', origin: `198.51.100.${i}` })
    }
    assert.equal(box.letters.length, 3)
    await clock.turn(61 * 60_000)
    await ask('victim@example.com')
    assert.equal(box.letters.length, 4)
    // One network asks for many addresses.
    for (let i = 0; i < 22; i++) await addUser(ctx, `u${i}@example.com`)
    for (let i = 0; i < 22; i++) await ask(`u${i}@example.com`, '203.0.113.5')
    assert.equal(box.letters.length, 24)
    await ask('u21@example.com', '203.0.113.6')
    assert.equal(box.letters.length, 25)
  })

  test('known and unknown are answered alike; the link is of the configuration, whatever a request says', async () => {
    await using store = await open()
    const sent = Promise.withResolvers<void>()
    const box = postbox()
    const euq = openEuq(store.ctx, {
      post: { ...box.post, wake: sent.resolve },
      signIn,
      options: { base_url },
    })
    assert.deepEqual((await someoneAt(euq).ask('GET', '/entrance')).body.methods, ['password', 'link'])
    await addUser(store.ctx, 'anna@example.com')
    const evil = {
      host: 'quarantine.example.org',
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
    }
    const answers: unknown[] = []
    for (const address of ['nobody@elsewhere.org', 'nobody@example.com', 'anna@example.com', 'nonsense']) {
      const { status, body, headers } = await someoneAt(euq).ask('POST', '/session/link', { address }, evil)
      const names = [...headers]
        .filter(([name]) => name !== 'date')
        .map(([name, value]) => `${name}: ${value}`)
      answers.push(JSON.stringify([status, body, names.filter((line) => !line.includes('nonce-'))]))
    }
    assert.equal(new Set(answers).size, 1, answers.join('\n'))
    await sent.promise
    assert.match(box.letters[0]?.text ?? '', /^https:\/\/mail\.example\.org\/sign-in#[\w-]{43}$/m)
    assert.doesNotMatch(JSON.stringify(box.letters), /evil/)
  })

  test('opening the link, as robots do, changes nothing; what a person presses then signs in', async () => {
    await using store = await open()
    const { ctx } = store
    const { euq, box, ask, use } = opened(ctx)
    await addUser(ctx, 'anna@example.com')
    await ask('anna@example.com')
    const [token = ''] = box.links()
    const all = async () =>
      JSON.stringify(
        await Promise.all(
          (['users', 'user_tokens', 'user_sessions', 'user_addresses', 'audit'] as const).map((table) =>
            ctx.db.read.selectFrom(table).selectAll().execute(),
          ),
        ),
      )
    const before = await all()
    for (const path of [
      `/sign-in#${token}`,
      '/sign-in',
      `/sign-in?token=${token}`,
      `/sign-in?${token}`,
      `/api/v1/my/session/link/use?token=${token}`,
      '/api/v1/my/session/link/use',
    ])
      for (const method of ['GET', 'HEAD', 'OPTIONS'])
        for (const purpose of ['', 'prefetch']) {
          const headers = { accept: 'text/html', ...(purpose ? { 'sec-purpose': purpose } : {}) }
          const { status } = await euq.request(path, { method, headers })
          assert.ok(status < 500, `${method} ${path}: ${status}`)
        }
    assert.equal(await all(), before)
    assert.equal((await use(token)).status, 200)
    assert.notEqual(await all(), before)
  })

  test('the letter speaks the language of the user, else that of the page', async () => {
    await using store = await open()
    const { ctx } = store
    const { box, settings } = opened(ctx)
    const id = await addUser(ctx, 'anna@example.com')
    const subjectOf = async (language?: 'ja') => {
      await openLinks(ctx, settings).ask({ address: 'anna@example.com', language, origin: '192.0.2.1' })
      return box.letters.at(-1)?.subject
    }
    assert.equal(await subjectOf(), letterTexts.en.signIn('', 15).subject)
    assert.equal(await subjectOf('ja'), letterTexts.ja.signIn('', 15).subject)
    await ctx.db.transaction((trx) => updateUser(trx, id, { locale: 'fr' }))
    assert.equal(await subjectOf('ja'), letterTexts.fr.signIn('', 15).subject)
  })
})
