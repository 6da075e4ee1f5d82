/** Promise: an address is of exactly the domains that somebody looks after, however it is written. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressEnding, domainPattern, isWithin, wireDomain } from './domains.ts'

test('exact means exact; *. means all below and not itself', () => {
  const cases: [string, string, boolean][] = [
    ['a@own.example', 'own.example', true],
    ['A@OWN.Example', 'own.example', true],
    ['a@sub.own.example', 'own.example', false],
    ['a@xown.example', 'own.example', false],
    ['a@own.example.evil.example', 'own.example', false],
    ['a@own.example@evil.example', 'own.example', false],
    ['"b@own.example"@evil.example', 'own.example', false],
    ['"b@evil.example"@own.example', 'own.example', true],
    ['own.example', 'own.example', false],
    ['@own.example', 'own.example', true],
    ['', 'own.example', false],
    ['postmaster', 'own.example', false],
    ['a@own.example', '*.own.example', false],
    ['a@x.own.example', '*.own.example', true],
    ['a@x.y.own.example', '*.own.example', true],
    ['a@xown.example', '*.own.example', false],
    ['x.own.example', '*.own.example', false],
    ['a@.own.example', '*.own.example', false],
    ['a@bücher.example', 'bücher.example', true],
  ]
  for (const [address, domain, within] of cases) {
    assert.equal(isWithin(address, [domain]), within, `${address} in ${domain}`)
    assert.equal(isWithin(address, ['other.example', domain]), within)
    // What an index looks for is no narrower than that.
    if (within) assert.ok(address.toLowerCase().endsWith(addressEnding(domain)))
  }
  assert.equal(isWithin('a@own.example', []), false)
})

test('what is no domain is not taken for one', () => {
  for (const good of [
    'own.example',
    '*.own.example',
    'localhost',
    'xn--bcher-kva.example',
    'bücher.example',
    'a_b.example',
  ])
    assert.match(good, domainPattern)
  for (const bad of [
    '',
    '*',
    '*.',
    'a@own.example',
    '@own.example',
    '.own.example',
    'own.example.',
    'own..example',
    '*.*.example',
    '*own.example',
    '-a.example',
    'own example',
    'own%',
    "o'x",
    '[192.0.2.1]',
  ])
    assert.doesNotMatch(bad, domainPattern)
})

test('domains of other scripts have a form on the wire, what is no domain has none', () => {
  const cases: [string, string | null][] = [
    ['Shop.example', 'Shop.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['ß.example', 'xn--zca.example'],
    ['ä.example/path', null],
    ['ä.example:80', null],
    ['u@ä.example', null],
    ['ä b.example', null],
  ]
  for (const [domain, wire] of cases) assert.equal(wireDomain(domain), wire, domain)
})
