/** Promises about one-time codes: as the standards have them, once, and no more off than a step. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newRecoveryCodes, recoveryHash } from './recovery.ts'
import { codeAt, keyUri, matchingStep, newSecret, stepAt } from './totp.ts'

/** Base32 of `12345678901234567890`, the secret of both RFCs. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test('the test vectors of RFC 4226, appendix D', () => {
  const codes = '755224 287082 359152 969429 338314 254676 287922 162583 399871 520489'.split(' ')
  for (const [count, code] of codes.entries()) assert.equal(codeAt(secret, count), code)
})

test('the test vectors of RFC 6238, appendix B, for SHA-1', () => {
  const vectors: [number, string][] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ]
  for (const [seconds, code] of vectors) {
    assert.equal(codeAt(secret, stepAt(seconds * 1000), 8), code)
    assert.equal(matchingStep(secret, code.slice(2), seconds * 1000, 0), stepAt(seconds * 1000))
  }
})

test('a step of drift each way, and no step twice or backwards', () => {
  const now = 1_700_000_015_000
  const step = stepAt(now)
  const found = [-2, -1, 0, 1, 2].map((off) => matchingStep(secret, codeAt(secret, step + off), now, 0))
  assert.deepEqual(found, [null, step - 1, step, step + 1, null])
  assert.equal(matchingStep(secret, codeAt(secret, step), now, step), null)
  assert.equal(matchingStep(secret, codeAt(secret, step - 1), now, step), null)
  assert.equal(matchingStep(secret, codeAt(secret, step + 1), now, step), step + 1)
  for (const odd of ['', '12345', '1234567', '١٢٣٤٥٦', `${codeAt(secret, step)}\n`])
    assert.equal(matchingStep(secret, odd, now, 0), null)
})

test('secrets are 160 bits of base32 that apps read from the link', () => {
  const made = newSecret()
  assert.match(made, /^[A-Z2-7]{32}$/)
  assert.notEqual(made, newSecret())
  const uri = new URL(keyUri(made, 'a+b@host.example', 'Lazaret'))
  assert.equal(uri.host, 'totp')
  assert.equal(decodeURIComponent(uri.pathname), '/Lazaret:a+b@host.example')
  assert.deepEqual(Object.fromEntries(uri.searchParams), {
    secret: made,
    issuer: 'Lazaret',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
})

test('recovery codes: ten, each another, forgiving of how they are typed', () => {
  const codes = newRecoveryCodes()
  assert.equal(new Set(codes).size, 10)
  for (const code of codes) {
    assert.match(code, /^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}$/)
    const plain = code.replaceAll('-', '')
    const mistyped = plain.toUpperCase().replaceAll('0', 'O').replaceAll('1', 'I')
    assert.ok(recoveryHash(plain) !== null && recoveryHash(plain) === recoveryHash(mistyped))
  }
  for (const none of ['', '123456', 'x'.repeat(13), 'u'.repeat(12)]) assert.equal(recoveryHash(none), null)
})
