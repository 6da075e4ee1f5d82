/**
 * Promises about passwords, networks and roles that need no store. In a process of its own: tests beside it hash cheaply.
 */
import assert from 'node:assert/strict'
import { argon2Sync } from 'node:crypto'
import { test } from 'node:test'
import { testClock } from '../../test/store.ts'
import { Problem } from '../problem.ts'
import { checkNewPassword, hashPassword, passwordFits, randomPassword } from './passwords.ts'
import { lesserRole, mayReleaseFrom } from './roles.ts'
import { addressNetwork, Throttle } from './throttle.ts'

test('a password fits its own hash and no other, however its letters were composed', async () => {
  const hash = await hashPassword('Caf\u00e9 au lait, s\u2019il vous pla\u00eet')
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await passwordFits('Cafe\u0301 au lait, s\u2019il vous plai\u0302t', hash), true)
  for (const wrong of ['', 'Cafe au lait', `${'x'.repeat(100_000)}`, '\0'])
    assert.equal(await passwordFits(wrong, hash), false)
  assert.equal(await passwordFits('anything', null), false)
  assert.notEqual(await hashPassword('the same password'), await hashPassword('the same password'))
})

test('a hash made with other parameters still fits', async () => {
  const nonce = Buffer.alloc(16, 7)
  const parameters = { message: 'old password', nonce, memory: 64, passes: 3, parallelism: 2, tagLength: 24 }
  const tag = argon2Sync('argon2id', parameters)
  const hash = `$argon2id$v=19$m=64,t=3,p=2$${nonce.toString('base64').replace(/=+$/, '')}$${tag.toString('base64')}`
  assert.equal(await passwordFits('old password', hash), true)
  assert.equal(await passwordFits('Old password', hash), false)
  await assert.rejects(passwordFits('x', 'plain text'), /cannot be read/)
})

test('new passwords', () => {
  const cases: [string, RegExp | null][] = [
    ['short', /has 5 characters; it takes at least 10/],
    ['\u{1f600}\u{1f601}\u{1f602}\u{1f603}\u{1f604}', /has 5 characters/],
    ['abababababab', /fewer than four/],
    ['Administrator', /name of the account/],
    ['x1y2z3'.repeat(84), /at most 500/],
    ['ten letters', null],
    [randomPassword(), null],
  ]
  for (const [password, complaint] of cases) {
    const check = () => checkNewPassword(password, 'administrator')
    if (complaint === null) check()
    else
      assert.throws(
        check,
        (error) => error instanceof Problem && error.remedy !== '' && complaint.test(error.message),
      )
  }
})

test('addresses that share a network count together', () => {
  const cases: [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ]
  for (const [address, network] of cases) assert.equal(addressNetwork(address), network, address)
})

test('throttling: a window that moves, forgiveness for the right one only, nothing for what was withdrawn', async () => {
  const clock = testClock()
  const throttle = new Throttle(clock, { failures: 2, windowMs: 1000 })
  const begin = (...keys: string[]) => throttle.begin(keys.map((key) => ({ key })))
  const refused = (result: ReturnType<typeof begin>) => typeof result === 'number'
  begin('a', 'x')
  await clock.turn(400)
  begin('a', 'x')
  assert.equal(begin('a', 'y'), 600)
  assert.equal(begin('b', 'x'), 600)
  await clock.turn(600)
  const right = begin('a', 'x')
  assert.ok(typeof right === 'object')
  right.succeeded('a')
  const other = begin('a', 'y')
  assert.ok(typeof other === 'object')
  other.withdrawn()
  assert.ok(!refused(begin('a', 'z')) && !refused(begin('a', 'z')))
  assert.ok(refused(begin('a', 'z')))
  assert.ok(!refused(begin('c', 'x')))
  assert.ok(refused(begin('c', 'x')), 'x has its own failure and the one that counts still')
})

test('roles', () => {
  assert.equal(lesserRole('administrator', 'auditor'), 'auditor')
  assert.equal(lesserRole('operator', 'administrator'), 'operator')
  const from = (...who: string[]) =>
    (['administrator', 'operator', 'auditor', 'system'] as const).map((role) => mayReleaseFrom(role, who))
  assert.deepEqual(from('administrator'), [true, false, false, false])
  assert.deepEqual(from('operator'), [true, true, false, false])
  assert.deepEqual(from('recipient'), [true, true, false, false])
  assert.deepEqual(from('nobody'), [false, false, false, false])
  assert.deepEqual(from(), [false, false, false, false])
})
