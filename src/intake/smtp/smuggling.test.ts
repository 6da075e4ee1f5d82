/** SMTP smuggling (CVE-2023-51764 and its kin): nothing but CRLF.CRLF may end a message, in either setting. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestClient } from './testing/client.ts'
import { startTestServer } from './testing/server.ts'

const fakeEnds = [
  '\n.\n',
  '\n.\r\n',
  '\n.\r',
  '\r.\r',
  '\r.\n',
  '\r.\r\n',
  '\r\n.\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\0\r\n.\0\r\n',
  '\r\r\n.\r\r\n',
  '\r\n.\r\r\n',
  '\n\n.\r\n',
  '\r\n.\n\r',
  '\r\n\r.\r\n',
  '\r\n .\r\n',
  '\r\n..\r\n',
  '\r\n.\t\r\n',
  '\x85.\x85',
]
const flawless = new Set(['\r\n .\r\n', '\r\n..\r\n', '\r\n.\t\r\n', '\x85.\x85'])
const second =
  'MAIL FROM:<smuggled@example.org>\r\nRCPT TO:<v@example.org>\r\nDATA\r\nSubject: smuggled\r\n\r\nx'

for (const bare_newline of ['refuse', 'accept'] as const)
  test(`fake ends of data end nothing (bare_newline = ${bare_newline})`, async () => {
    await using server = await startTestServer({ options: { bare_newline } })
    for (const end of fakeEnds) {
      const name = JSON.stringify(end)
      server.mails.length = 0
      await using client = await TestClient.connect(server.port)
      await client.reply()
      await client.ask('HELO client.example\r\n')
      await client.ask('MAIL FROM:<a@example.org>\r\n')
      await client.ask('RCPT TO:<b@example.org>\r\n')
      await client.ask('DATA\r\n')
      const content = `Subject: one\r\n\r\nbody${end}${second}`
      const reply = await client.ask(`${content}\r\n.\r\n`)
      const kept = bare_newline === 'accept' || flawless.has(end)
      assert.match(
        reply,
        kept ? /^250 2\.0\.0 / : /^550 5\.6\.0 Message has a (?:bare CR|bare LF|NUL) after \d+ bytes/,
        name,
      )
      assert.equal(server.mails.length, kept ? 1 : 0, name)
      if (kept) {
        assert.equal(server.mails[0]!.envelope.sender, 'a@example.org', name)
        assert.equal(server.mails[0]!.content, `${content}\r\n`.replaceAll('\r\n.', '\r\n'), name)
      }
      assert.equal(await client.ask('NOOP\r\n'), '250 2.0.0 Ok', name)
    }
  })

test('BDAT: the same bytes are refused or kept, and are never commands', async () => {
  for (const bare_newline of ['refuse', 'accept'] as const) {
    await using server = await startTestServer({ options: { bare_newline } })
    for (const end of fakeEnds) {
      server.mails.length = 0
      await using client = await TestClient.connect(server.port)
      await client.reply()
      await client.ask('HELO client.example\r\n')
      const content = `Subject: one\r\n\r\nbody${end}${second}\r\n`
      client.send(
        `MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nBDAT ${content.length} LAST\r\n${content}`,
      )
      const replies = [await client.reply(), await client.reply(), await client.reply()]
      const kept = bare_newline === 'accept' || flawless.has(end)
      assert.equal(replies[2]!.slice(0, 9), kept ? '250 2.0.0' : '550 5.6.0', JSON.stringify(end))
      assert.deepEqual(
        server.mails.map((mail) => mail.content),
        kept ? [content] : [],
      )
    }
  }
})
