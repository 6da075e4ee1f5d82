/**
 * Plays the transcripts of dialogs/ against a real socket. `C: ` lines are sent with CRLF, `C| ` lines without; runs of
 * them in one write. `S: ` lines must come back exactly; `S: (closed)` means the end. Escapes: \r \n \t \0 \\ \xHH.
 * A trailing `…` in an S line matches any rest. Lines with `#` are remarks, `# option: value` sets an option, and
 * `K: ` lines tell what must have been kept: one JSON string for each mail.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { TestClient } from './testing/client.ts'
import { startTestServer } from './testing/server.ts'

const folder = new URL('./dialogs/', import.meta.url)
const files = readdirSync(folder).filter((name) => /\.(?:smtp|lmtp)$/.test(name))

for (const file of files)
  test(`dialogue ${file}`, { timeout: 10_000 }, async () => {
    const script = readFileSync(new URL(file, folder), 'utf8').split('\n')
    const options = Object.fromEntries(
      script.flatMap((line) => {
        const found = /^# ([a-z_]+): (.+)$/.exec(line)
        return found ? [[found[1]!, JSON.parse(found[2]!)]] : []
      }),
    )
    const protocol = file.endsWith('.lmtp') ? 'lmtp' : 'smtp'
    await using server = await startTestServer({
      protocol,
      options,
      // Content tells the receiver what to answer: `answers 250 451 550`, one for each recipient.
      answer: ({ envelope, content }) => {
        const codes = /^answers ([\d ]+)\r\n/.exec(content)?.[1]?.split(' ')
        return envelope.recipients.map(({ address }, i) => {
          const code = Number(codes?.[i] ?? 250)
          return { code, status: `${Math.floor(code / 100)}.0.0`, text: protocol === 'lmtp' ? address : 'Ok' }
        })
      },
    })
    await using client = await TestClient.connect(server.port)
    let pending = ''
    const kept: string[] = []
    for (const line of script) {
      if (line.startsWith('C: ') || line === 'C:') pending += `${unescaped(line.slice(3))}\r\n`
      else if (line.startsWith('C| ')) pending += unescaped(line.slice(3))
      else if (line.startsWith('K: ')) kept.push(JSON.parse(line.slice(3)))
      else if (line.startsWith('S: ')) {
        if (pending !== '') client.send(pending)
        pending = ''
        const came = (await client.line()) ?? '(closed)'
        const expected = line.slice(3)
        if (expected.endsWith('…')) assert.equal(`${came.slice(0, expected.length - 1)}…`, expected)
        else assert.equal(came, expected)
      } else assert.match(line, /^(?:#|$)/, `${file}: what is this line?`)
    }
    assert.deepEqual(
      server.mails.map(({ content }) => content),
      kept,
    )
  })

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/gi, (_, hex, char) =>
    hex
      ? String.fromCharCode(Number.parseInt(hex, 16))
      : ({ r: '\r', n: '\n', t: '\t', 0: '\0' }[char as string] ?? char),
  )
}

test('there are dialogues', () => assert.ok(files.length > 20, String(files.length)))
