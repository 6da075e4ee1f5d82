/** Trace lines are well-formed header fields whatever others called themselves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Envelope } from './envelope.ts'
import { createReader } from './reader.ts'
import { passTrace, receivedCount, releaseTrace } from './trace.ts'

const atMs = Date.UTC(2024, 1, 29, 5, 6, 7)
const envelope = (over: Partial<Envelope['client']> = {}, recipients = ['bob@example.com']): Envelope => ({
  via: 'smtp',
  sender: 'ann@example.org',
  recipients: recipients.map((address) => ({ address, parameters: {} })),
  body: null,
  smtputf8: false,
  client: { ip: '192.0.2.1', port: 25, name: 'mail.example.org', helo: 'mail', protocol: 'ESMTPS', ...over },
  peerIp: '127.0.0.1',
})

test('a release', () => {
  const text = releaseTrace({
    release: '0abc',
    atMs,
    server: 'mx.example.com',
    recipient: 'bob@example.com',
  }).toString()
  assert.equal(
    text,
    'Received: by mx.example.com (quarantine release) id 0abc for\r\n' +
      '\t<bob@example.com>; Thu, 29 Feb 2024 05:06:07 +0000\r\nX-Lazaret-Release: 0abc\r\n',
  )
})

test('mail passed on', () => {
  const unfolded = (mail: Envelope) =>
    passTrace({ atMs, server: 'mx.example.com', envelope: mail, id: 'x1' })
      .toString()
      .replace(/\r\n\t/g, ' ')
  assert.equal(
    unfolded(envelope()),
    'Received: from mail (mail.example.org [192.0.2.1]) by mx.example.com with ESMTPS id x1 for <bob@example.com>; Thu, 29 Feb 2024 05:06:07 +0000\r\n',
  )
  assert.match(
    unfolded(envelope({ ip: '2001:db8::1', name: null, helo: null })),
    /from unknown \(\[IPv6:2001:db8::1\]\)/,
  )
  const two = unfolded(envelope({}, ['bob@example.com', 'hidden@example.com']))
  assert.ok(!two.includes('hidden') && two.includes('id x1; Thu'), two)
})

test('nothing that others say begins a line of its own', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.constantFrom('a\r\nX-Evil: 1', 'a\nb', '>;\r\n\r\nbody'),
  )
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      const lines = [
        releaseTrace({ release: a, atMs, server: b, recipient: c }),
        passTrace({
          atMs,
          server: a,
          envelope: envelope({ helo: b, name: c, ip: a, protocol: b }, [c]),
          id: a,
        }),
      ]
      for (const bytes of lines) {
        assert.match(
          bytes.toString(),
          /^(?:(?:Received|X-Lazaret-Release): [^\r\n\0]*\r\n(?:\t[^\r\n\0]+\r\n)*){1,2}$/,
        )
        for (const line of bytes.toString().split('\r\n'))
          assert.ok(line.length <= 78 || !line.trim().includes(' '), line)
      }
    }),
    { numRuns: 300 },
  )
})

test('trace fields are counted', () => {
  const reader = createReader()
  reader.push(Buffer.from(`${'Received: by a\r\n'.repeat(60)}rEcEiVeD: by b\r\nX-Received: c\r\n\r\n`))
  assert.equal(receivedCount(reader.end()), 61)
})
