/**
 * Promise: an account of a domain administrator has domains and no other has; keys carry its restriction, and do not
 * outgrow it; and it lets users of its domains in without getting hold of what they alone may have.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import type { Post } from '../access/letters/letter.ts'
import { hold, invitations, openAdmin } from './testing/admin.ts'

const [own, other] = ['a@own.example', 'b@other.example'] as const

forEachEngine((open) => {
  test('keys carry the restriction, whatever their role; one for domains does not outgrow them', async () => {
    await using store = await open()
    const { ctx } = store
    using admin = openAdmin(ctx)
    await hold(ctx, 'x', { recipients: [own] })
    await hold(ctx, 'x', { recipients: [other] })
    const client = await admin.as('domain-administrator')
    const above = await admin.as('administrator')
    const total = async (key: string) => {
      const response = await admin.request('/api/v1/messages', {
        headers: { authorization: `Bearer ${key}` },
      })
      return response.ok ? ((await response.json()) as { total: number }).total : response.status
    }
    const reader = await client.call('createKey', { body: { name: 'reader', role: 'auditor' } })
    const whole = await client.call('createKey', { body: { name: 'whole' } })
    assert.deepEqual([await total(reader.key), await total(whole.key)], [1, 1])
    const audit = await admin.request('/api/v1/audit', { headers: { authorization: `Bearer ${reader.key}` } })
    assert.equal(audit.status, 403)
    await assert.rejects(above.call('createKey', { body: { name: 'x', role: 'domain-administrator' } }), {
      status: 403,
    })
    const name = 'domain-administrator1'
    await above.call('changeAccount', { params: { name }, body: { domains: ['*.own.example'] } })
    assert.deepEqual([await total(reader.key), await total(whole.key)], [0, 0])
    await above.call('changeAccount', { params: { name }, body: { role: 'operator' } })
    assert.deepEqual([await total(reader.key), await total(whole.key)], [2, 401])
  })

  test('an account of this role needs domains, one of another role has none', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const above = await admin.as('administrator')
    const make = (role: 'operator' | 'domain-administrator', domains: string[]) =>
      above.call('createAccount', {
        body: { name: `x${domains.length}`, role, domains, password: 'long enough it is' },
      })
    for (const [role, domains] of [
      ['domain-administrator', []],
      ['domain-administrator', ['a@own.example']],
      ['domain-administrator', ['*']],
      ['operator', ['own.example']],
    ] as const)
      await assert.rejects(
        make(role, [...domains]),
        (error: { status: number; problem: { field: string } }) => {
          assert.deepEqual([error.status, error.problem.field], [400, 'domains'])
          return true
        },
      )
    const made = await make('domain-administrator', ['Own.Example', ' *.own.example', 'own.example'])
    assert.deepEqual(made.domains, ['*.own.example', 'own.example'])
    await assert.rejects(above.call('changeAccount', { params: { name: 'x3' }, body: { domains: [] } }), {
      status: 400,
    })
    const changed = await above.call('changeAccount', { params: { name: 'x3' }, body: { role: 'auditor' } })
    assert.deepEqual(changed.domains, [])
  })

  test('users are invited by mail alone, into own domains; who has other addresses is looked at only', async () => {
    await using store = await open()
    const mailed: string[] = []
    const post: Post = {
      async put(_trx, { to }) {
        mailed.push(to)
      },
      wake: () => {},
    }
    using admin = openAdmin(store.ctx, {}, { users: { ...invitations, post } })
    const client = await admin.as('domain-administrator')
    const above = await admin.as('administrator')
    const refused =
      (status: number, field?: string) => (error: { status: number; problem: { field?: string } }) => {
        assert.deepEqual([error.status, error.problem.field], [status, field])
        return true
      }
    const invited = await client.call('inviteUser', { body: { name: own } })
    assert.deepEqual([invited.invitation.url, mailed], [null, [own]])
    // Who chose the password would be that user also when he gets addresses of other domains later.
    const params = { id: invited.user.id }
    await assert.rejects(
      client.call('inviteUserAgain', { params, body: { mail: false } }),
      refused(403, 'mail'),
    )
    const body = { name: 'new@own.example', mail: false }
    await assert.rejects(client.call('inviteUser', { body }), refused(403, 'mail'))
    for (const field of ['aliases', 'delegations'] as const) {
      await assert.rejects(
        client.call('changeUser', { params, body: { [field]: [other] } }),
        refused(400, field),
      )
      const more = { name: 'more@own.example', [field]: [other] }
      await assert.rejects(client.call('inviteUser', { body: more }), refused(400, field))
    }
    const changed = await client.call('changeUser', { params, body: { aliases: ['alias@own.example'] } })
    assert.deepEqual([changed.addresses.length, changed.elsewhere], [2, false])
    await above.call('changeUser', { params, body: { delegations: [other] } })
    const seen = await client.call('showUser', { params })
    assert.deepEqual(
      [seen.name, seen.elsewhere, seen.addresses.map(({ address }) => address)],
      [own, true, [own, 'alias@own.example']],
    )
    for (const change of [{ disabled: true }, { display: 'X' }, { password: 'none' as const }])
      await assert.rejects(client.call('changeUser', { params, body: change }), refused(403))
    await assert.rejects(client.call('inviteUserAgain', { params, body: {} }), refused(403))
    assert.deepEqual(mailed, [own])
  })
})
