import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { domainOf } from './address.ts'
import { decodeXtext, encodeXtext } from './xtext.ts'

test('domains', () => {
  assert.equal(domainOf('a@B.Example'), 'b.example')
  assert.equal(domainOf('"x@y"@b.example'), 'b.example')
  assert.equal(domainOf('postmaster'), '')
  assert.equal(domainOf(''), '')
})

test('xtext', () => {
  assert.equal(decodeXtext('a+2Bb+40c'), 'a+b@c')
  assert.equal(decodeXtext('rfc822;bob@example.org'), 'rfc822;bob@example.org')
  for (const broken of ['a+2', 'a+2g', 'a+2b', 'a=b', 'a b', 'ä', '+'])
    assert.equal(decodeXtext(broken), null, broken)
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) =>
      assert.equal(decodeXtext(encodeXtext(text)), text),
    ),
  )
})
