/** No address and no parameter can put a second command on the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isPath, mailCommand, rcptCommand, readCapabilities, xforwardCommand } from './commands.ts'
import { parcel } from './testing/carry.ts'

const everything = readCapabilities(
  [
    'x',
    'PIPELINING',
    'SIZE 1',
    '8BITMIME',
    'SMTPUTF8',
    'DSN',
    'XFORWARD NAME ADDR HELO',
    'CHUNKING',
    'BINARYMIME',
  ].map(String),
)

test('addresses: what may stand between angle brackets', () => {
  for (const good of [
    'a@b',
    'postmaster',
    '"a b"@c',
    '"a\\"b"@c',
    'a+b=c@[IPv6:::1]',
    'ä@ö.example',
    "o'brien@x.example",
    'a..b@x',
  ])
    assert.equal(isPath(good), true, good)
  const bad = [
    '',
    'a b@c',
    'a@b>',
    '<a@b',
    'a@b\r\nRSET',
    'a@b\n',
    'a\0@b',
    'a@b c',
    '"a\r\n"@b',
    '"a"b"@c',
    '"@b',
    'a@b\u2028',
    'a\u0085@b',
  ]
  for (const address of [...bad, `${'x'.repeat(600)}@y`, 'a@', '\ud800@b', 'a@b> SIZE=1', 'a\t@b'])
    assert.equal(isPath(address), false, JSON.stringify(address))
})

test('whatever is in addresses, parameters and client facts, a command is one line', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      'a',
      '@',
      '\r',
      '\n',
      '\0',
      '>',
      '<',
      ' ',
      '"',
      '\\',
      '=',
      '+',
      '\u2028',
      'é',
      '\u0085',
    ),
  })
  fc.assert(
    fc.property(nasty, nasty, nasty, (address, value, helo) => {
      const client = { ip: value, name: address, helo }
      const recipient = {
        address: isPath(address) ? address : 'a@b',
        parameters: { ORCPT: value, [helo]: value },
      }
      const what = parcel({ sender: isPath(address) ? address : '', client })
      for (const command of [
        mailCommand(what, everything),
        rcptCommand(recipient, everything),
        xforwardCommand(client, everything),
      ])
        assert.match(command, /^[^\p{Cc}\u2028]*\r\n$/u)
    }),
    { numRuns: 1000 },
  )
})

test('capabilities are read whatever their case and separators', () => {
  const offered = readCapabilities([
    'host hello',
    'size 1000',
    'Pipelining',
    'XFORWARD name ADDR',
    'auth=LOGIN',
    'STARTTLS',
  ])
  assert.equal(offered.size, 1000)
  assert.equal(offered.pipelining, true)
  assert.deepEqual([...offered.xforward], ['NAME', 'ADDR'])
  assert.equal(offered.chunking, false)
  assert.equal(readCapabilities(['h', 'SIZE']).size, 0)
  assert.equal(readCapabilities(['h', 'SIZE lots']).size, 0)
})
