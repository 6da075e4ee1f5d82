/** Promise: a link does what it was signed for and nothing else, as long as its item lives, for a user who is there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, type TestStore } from '../../test/store.ts'
import type { Actor } from '../access/actor.ts'
import { changeUser } from '../access/users.ts'
import { keepKey, type Link, openLinks } from './links.ts'
import { user as addUser } from './testing/site.ts'

const admin: Actor = { name: 'administrator1', role: 'administrator', origin: '192.0.2.7' }
const dayMs = 86_400_000

const invite = async ({ ctx }: TestStore, name: string) => await addUser({ ctx }, name)

forEachEngine((open) => {
  test('what was signed is read back; every changed bit, every other length makes it none', async () => {
    await using store = await open()
    const user = await invite(store, 'Anna@example.org')
    const links = openLinks(store.ctx)
    const link: Link = {
      userId: user.id,
      messageId: store.ctx.db.ids.next(),
      action: 'delete',
      expiresAt: Math.floor(store.clock.now() / 1000) * 1000 + 30 * dayMs,
    }
    const token = (await links.signer()).sign(link, user.name_key)
    assert.deepEqual((await links.read(token))?.link, link)
    const bytes = Buffer.from(token, 'base64url')
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3]! ^= 1 << (bit & 7)
      assert.equal(await links.read(changed.toString('base64url')), null, `bit ${bit}`)
    }
    for (const other of [
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      token.toLowerCase(),
      token.slice(0, 40),
      '',
      `${token} `,
      token.replace(/./, '\n'),
      'A'.repeat(60),
    ])
      assert.equal(await links.read(other), null, JSON.stringify(other))
    // Signed for another address: not this user's.
    assert.equal(await links.read((await links.signer()).sign(link, 'other@example.org')), null)
    const key = await store.ctx.db.read.selectFrom('digest_keys').selectAll().executeTakeFirstOrThrow()
    assert.equal(Buffer.from(key.secret, 'base64url').length, 32)
  })

  test('keys change every 30 days; an old one stays while links of it live, and goes then', async () => {
    await using store = await open()
    const user = await invite(store, 'anna@example.org')
    const links = openLinks(store.ctx)
    const first = await links.signer()
    const link = {
      userId: user.id,
      messageId: 1,
      action: 'not-spam',
      expiresAt: store.clock.now() + 90 * dayMs,
    } as const
    const token = first.sign(link, user.name_key)
    assert.equal(await store.ctx.db.transaction((trx) => keepKey(trx, first.keyId, link.expiresAt)), true)
    await store.clock.turn(31 * dayMs)
    const second = await links.signer()
    assert.notEqual(second.keyId, first.keyId)
    // Another process has no key in memory.
    assert.deepEqual((await openLinks(store.ctx).read(token))?.link, link)
    await store.clock.turn(31 * dayMs)
    assert.equal((await links.signer()).keyId, second.keyId + 1)
    assert.ok(await openLinks(store.ctx).read(token))
    await store.clock.turn(31 * dayMs)
    await links.signer()
    assert.equal(await openLinks(store.ctx).read(token), null)
  })

  test('several that need the first key at once get the same', async () => {
    await using store = await open()
    const signers = await Promise.all([1, 2, 3].map(() => openLinks(store.ctx).signer()))
    assert.equal(new Set(signers.map(({ keyId }) => keyId)).size, 1)
    const made = signers.map((signer) =>
      signer.sign({ userId: 1, messageId: 1, action: 'delete', expiresAt: 0 }, 'a@b'),
    )
    assert.equal(new Set(made).size, 1)
  })

  test('links of a user who is disabled are none', async () => {
    await using store = await open()
    const user = await invite(store, 'anna@example.org')
    const links = openLinks(store.ctx)
    const token = (await links.signer()).sign(
      { userId: user.id, messageId: 5, action: 'delete', expiresAt: store.clock.now() + dayMs },
      user.name_key,
    )
    assert.ok(await links.read(token))
    await changeUser(store.ctx, admin, user.id, { disabled: true })
    assert.equal(await links.read(token), null)
  })
})
