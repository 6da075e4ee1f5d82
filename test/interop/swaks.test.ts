/**
 * Dialogues of swaks, a client that is not ours: STARTTLS, pipelining, LMTP, refusals, a large message.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Api } from '../../bench/peers/api.ts'
import { type Lazaret, lazaretPorts, startLazaret } from '../../bench/peers/lazaret.ts'
import { needPackages } from '../../bench/peers/packages.ts'
import { type RecordingSink, startRecordingSink } from '../crash/recording-sink.ts'
import { freePort } from '../postgres.ts'
import { cleanMail, gtube, spamMail } from './mails.ts'

let folder: string
let server: Lazaret
let api: Api
let sink: RecordingSink
before(async () => {
  needPackages('swaks', 'libnet-ssleay-perl')
  folder = mkdtempSync(join(tmpdir(), 'lazaret-swaks-'))
  sink = await startRecordingSink(await freePort())
  server = await startLazaret({ folder, ...(await lazaretPorts()), nextHopPort: sink.port })
  api = await server.api()
})
after(async () => {
  api?.close()
  await server?.stop()
  await sink?.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Said {
  code: number | null
  /** The whole dialogue. */
  text: string
}

function swaks(...args: string[]): Promise<Said> {
  const from = ['--from', 'alice@sender.example', '--helo', 'client.test.example']
  return new Promise((resolve, reject) => {
    const child = spawn('swaks', [...from, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    const add = (data: Buffer) => {
      text += data.toString('latin1')
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text }))
  })
}
const smtp = () => ['--server', '127.0.0.1', '--port', String(server.options.smtpPort)]
const bob = ['--to', 'bob@corp.example']
const write = (name: string, content: Buffer) => {
  const path = join(folder, name)
  writeFileSync(path, content)
  return `@${path}`
}

test('STARTTLS: held mail over TLS is found', async () => {
  const mail = spamMail('swaks-tls')
  const { code, text } = await swaks(...smtp(), ...bob, '--tls', '--data', write('tls', mail.content))
  assert.equal(code, 0, text)
  assert.match(text, /TLSv1\.3|TLSv1\.2/)
  assert.equal((await api.messages({ messageId: mail.messageId })).items[0]?.reason, 'spam')
})

test('clean mail is answered with what the next hop said, and has arrived by then', async () => {
  const mail = cleanMail('swaks-clean')
  const { code, text } = await swaks(...smtp(), ...bob, '--data', write('clean', mail.content))
  assert.equal(code, 0, text)
  assert.match(text, /250 .*taken as \d+/)
  assert.ok(sink.received.some(({ content }) => content.includes(mail.messageId)))
})

test('pipelining', async () => {
  const mail = spamMail('swaks-pipelined')
  const { code, text } = await swaks(
    ...smtp(),
    ...bob,
    '--pipeline',
    '--data',
    write('pipelined', mail.content),
  )
  assert.equal(code, 0, text)
  assert.equal((await api.messages({ messageId: mail.messageId })).total, 1)
})

test('LMTP: one answer for each recipient', async () => {
  const mail = spamMail('swaks-lmtp')
  const port = ['--server', '127.0.0.1', '--port', String(server.options.lmtpPort), '--protocol', 'LMTP']
  const to = ['--to', 'bob@corp.example,eve@corp.example']
  const { code, text } = await swaks(...port, ...to, '--data', write('lmtp', mail.content))
  assert.equal(code, 0, text)
  const item = (await api.messages({ messageId: mail.messageId })).items[0]
  assert.deepEqual(item?.recipients.map(({ address }) => address).toSorted(), [
    'bob@corp.example',
    'eve@corp.example',
  ])
})

test('a permanent refusal of the next hop reaches the client in its own words', async () => {
  sink.answer.recipient = () => '550 5.1.1 nobody of that name'
  const { code, text } = await swaks(
    ...smtp(),
    ...bob,
    '--data',
    write('refused', cleanMail('swaks-refused').content),
  )
  sink.answer.recipient = null
  assert.notEqual(code, 0, text)
  assert.match(text, /550 .*nobody of that name/)
})

test('a message that swaks writes itself', async () => {
  const { code, text } = await swaks(...smtp(), ...bob, '--header', 'Subject: swaks itself', '--body', gtube)
  assert.equal(code, 0, text)
  assert.equal((await api.messages({ subject: 'swaks itself' })).items[0]?.reason, 'spam')
})

test('10 MB go through as they are', async () => {
  const line = `${'x'.repeat(76)}\r\n`
  const big = spamMail('swaks-large')
  const content = Buffer.concat([big.content, Buffer.from(line.repeat(130_000))])
  const { code, text } = await swaks(...smtp(), ...bob, '--data', write('large', content), '--suppress-data')
  assert.equal(code, 0, text.slice(-500))
  const item = (await api.messages({ messageId: big.messageId })).items[0]
  assert.ok(item)
  const raw = await api.raw(item.id)
  assert.ok(
    raw.subarray(0, content.length).equals(content) && raw.length - content.length <= 2,
    `${raw.length} of ${content.length} octets`,
  )
})
