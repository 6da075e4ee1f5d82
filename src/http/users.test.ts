/** Promise: administrators say who the users are and for which addresses they act, others may look, and all is on record. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { letterTexts } from '../access/letters/letter.ts'
import { acceptInvitation } from '../access/user-passwords.ts'
import { ApiError } from '../api/api-error.ts'
import { postbox } from './euq/testing/euq.ts'
import { deeds, invitations, openAdmin } from './testing/admin.ts'

const status = (code: number) => (error: unknown) => error instanceof ApiError && error.status === code
const tokenOf = (url: string | null): string => url?.split('#')[1] ?? ''

forEachEngine((open) => {
  test('a user is invited, changed and listed; others may only look', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    const { user, invitation } = await client.call('inviteUser', {
      body: {
        name: 'Anna@Example.org',
        display: 'Anna',
        aliases: ['a@example.org'],
        delegations: ['sales@example.org'],
      },
    })
    assert.match(invitation.url ?? '', /^https:\/\/mail\.example\.org\/invitation#[\w-]{43}$/)
    assert.deepEqual(
      user.addresses.map(({ address, kind, source }) => [address, kind, source]),
      [
        ['Anna@Example.org', 'own', 'administrator'],
        ['a@example.org', 'alias', 'administrator'],
        ['sales@example.org', 'delegated', 'administrator'],
      ],
    )
    assert.equal(user.hasPassword, false)
    assert.equal(user.invitedUntil, invitation.expiresAt)
    await assert.rejects(client.call('inviteUser', { body: { name: 'ANNA@example.org' } }), status(409))

    const params = { id: user.id }
    const changed = await client.call('changeUser', {
      params,
      body: { aliases: [], delegations: ['b@x.org'] },
    })
    assert.deepEqual(
      changed.addresses.map(({ address }) => address),
      ['Anna@Example.org', 'b@x.org'],
    )
    const looking = await admin.as('operator')
    const found = async (query: { name?: string; address?: string }) =>
      (await looking.call('listUsers', { query })).items.map(({ name }) => name)
    assert.deepEqual(await found({}), ['Anna@Example.org'])
    assert.deepEqual(await found({ address: 'B@x.org' }), ['Anna@Example.org'])
    assert.deepEqual(await found({ address: 'sales@example.org' }), [])
    await assert.rejects(looking.call('changeUser', { params, body: { disabled: true } }), status(403))
    await assert.rejects(looking.call('inviteUserAgain', { params, body: {} }), status(403))
    assert.deepEqual(await deeds(store.ctx), [
      'administrator1 (key test) user.invite Anna@Example.org',
      'administrator1 (key test) user.change Anna@Example.org',
    ])
  })

  test('an invitation is good once, until its time is over, until the next one, and not for the disabled', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    const accept = (url: string | null, password = 'four words and more') =>
      acceptInvitation(store.ctx, tokenOf(url), password, '192.0.2.1')
    const first = await client.call('inviteUser', { body: { name: 'anna@example.org' } })
    const params = { id: first.user.id }
    await assert.rejects(accept(first.invitation.url, 'short'), { code: 'invalid' })
    await accept(first.invitation.url)
    await assert.rejects(accept(first.invitation.url), { code: 'not-found' })
    assert.equal((await client.call('showUser', { params })).hasPassword, true)

    const second = await client.call('inviteUserAgain', { params, body: {} })
    const third = await client.call('inviteUserAgain', { params, body: {} })
    await assert.rejects(accept(second.url), { code: 'not-found' })
    await store.clock.turn(72 * 3_600_000)
    await assert.rejects(accept(third.url), { code: 'not-found' })

    const fourth = await client.call('inviteUserAgain', { params, body: {} })
    await client.call('changeUser', { params, body: { disabled: true } })
    await assert.rejects(accept(fourth.url), { code: 'not-found' })
    await assert.rejects(client.call('inviteUserAgain', { params, body: {} }), status(409))
    await client.call('changeUser', { params, body: { disabled: false } })
    await assert.rejects(accept(fourth.url), { code: 'not-found' })
  })

  test('an invitation is mailed in the language of the user; the link is told to nobody else unless it is asked for', async () => {
    await using store = await open()
    const box = postbox()
    using admin = openAdmin(store.ctx, {}, { users: { ...invitations, post: box.post } })
    const client = await admin.as('administrator')
    const { user, invitation } = await client.call('inviteUser', {
      body: { name: 'Anna@example.org', display: 'Anna', locale: 'de', timeZone: 'Europe/Berlin' },
    })
    assert.deepEqual([invitation.mailed, invitation.url], [true, null])
    assert.deepEqual([user.locale, user.timeZone], ['de', 'Europe/Berlin'])
    const [letter] = box.letters
    assert.equal(letter?.to, 'Anna@example.org')
    assert.equal(letter?.subject, letterTexts.de.invitation('', '', '').subject)
    assert.match(
      letter?.text ?? '',
      /Guten Tag Anna,[\s\S]*\nhttps:\/\/mail\.example\.org\/invitation#[\w-]{43}\n/,
    )
    const params = { id: user.id }
    await acceptInvitation(store.ctx, box.links()[0] ?? '', 'four words and more', '192.0.2.1')
    await client.call('inviteUserAgain', { params, body: {} })
    assert.equal(box.letters[1]?.subject, letterTexts.de.newPassword('', '', '').subject)
    const told = await client.call('inviteUserAgain', { params, body: { mail: false } })
    assert.deepEqual([box.letters.length, told.mailed], [2, false])
    // The link in the letter ended with that.
    await assert.rejects(
      acceptInvitation(store.ctx, box.links()[1] ?? '', 'four words and more', '192.0.2.1'),
      {
        code: 'not-found',
      },
    )
    await acceptInvitation(store.ctx, tokenOf(told.url), 'four words and more', '192.0.2.1')
    await assert.rejects(
      client.call('inviteUser', { body: { name: 'b@example.org', timeZone: 'Mars/Here' } }),
      status(400),
    )
    await client.call('changeUser', { params, body: { locale: null, timeZone: 'Asia/Tokyo' } })
    const changed = await client.call('showUser', { params })
    assert.deepEqual([changed.locale, changed.timeZone], [null, 'Asia/Tokyo'])
  })

  test('a list of users goes on where its page ended', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('administrator')
    for (const name of ['c@x.org', 'a@x.org', 'b@x.org']) await client.call('inviteUser', { body: { name } })
    const names: string[] = []
    let cursor: string | undefined
    do {
      const page = await client.call('listUsers', { query: { limit: 2, cursor } })
      names.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor ?? undefined
    } while (cursor)
    assert.deepEqual(names, ['a@x.org', 'b@x.org', 'c@x.org'])
  })
})
