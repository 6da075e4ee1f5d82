/**
 * A digest goes through a real Postfix into a mailbox: null sender, the headers that tell what it is, both forms of it;
 * its Not Spam link brings the mail as it was, one click ends the digests, and what Postfix refuses is tried again or told.
 */
import assert from 'node:assert/strict'
import { Agent, request } from 'node:https'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sendOne } from '../../bench/peers/smtp-client.ts'
import { freePort } from '../postgres.ts'
import { type Gateway, openGateway, patiently } from './gateway.ts'
import { spamMail } from './mails.ts'

const [bob, later, never] = ['bob@corp.example', 'later@corp.example', 'never@corp.example'] as const
const mails = new Map([bob, later, never].map((to) => [to, spamMail(`digest-${to.split('@')[0]}`)]))
const ids = new Map<string, string>()

let gateway: Gateway
let base: string
before(async () => {
  const port = await freePort()
  base = `https://localhost:${port}`
  gateway = await openGateway({
    refuses: { [later]: '451 4.7.1 come back later', [never]: '550 5.1.1 nobody of that name' },
    more: [
      `[euq]\nlisten = ["127.0.0.1:${port}"]\nsecondary_listen = ["127.0.0.1:${await freePort()}"]`,
      `base_url = "${base}"\norganisation = "Größe & Söhne"`,
      '[digest]\nenabled = true\nlanguage = "de"',
      '[post]\nfrom = "quarantine@corp.example"',
      '[delivery]\npoll_interval_s = 0.2\nretry_minutes = [0.1]',
    ].join('\n'),
  })
  for (const [to, { content, messageId }] of mails) {
    const { code } = await sendOne(gateway.port, {
      sender: 'alice@sender.example',
      recipients: [to],
      content,
    })
    assert.equal(code, 250)
    await gateway.held(messageId)
    const { user } = await gateway.api.post<{ user: { id: string } }>('/api/v1/users', {
      name: to,
      mail: false,
    })
    ids.set(to, user.id)
  }
  // What came in the last minute is in the next digest.
  await sleep(61_000)
})
after(() => gateway?.[Symbol.asyncDispose]())

const sendDigest = (to: string) =>
  gateway.api.post<{ isSent: boolean }>(`/api/v1/users/${ids.get(to)}/digest`, {})

const agent = new Agent({ rejectUnauthorized: false })
/** As a program that reads mail: over the real listener. */
function post(url: string, body: string): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': Buffer.byteLength(body),
  }
  request(url, { agent, method: 'POST', headers }, (answer) => {
    const pieces: Buffer[] = []
    answer.on('data', (piece: Buffer) => pieces.push(piece)).once('error', reject)
    answer.once('end', () =>
      resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() }),
    )
  })
    .once('error', reject)
    .end(body)
  return promise
}

/** Unfolded fields by name, and the body. */
function parse(mail: string): { fields: Map<string, string>; body: string } {
  const end = mail.indexOf('\r\n\r\n')
  const lines = mail
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const fields = new Map(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.toLowerCase(), value.join(':').trim()] as const
    }),
  )
  return { fields, body: mail.slice(end + 4) }
}

function decoded({ fields, body }: ReturnType<typeof parse>): string {
  assert.equal(fields.get('content-transfer-encoding'), 'quoted-printable')
  const bytes = body
    .replaceAll('=\r\n', '')
    .replace(/=([0-9A-F]{2})/g, (_, pair: string) => String.fromCharCode(Number.parseInt(pair, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

let digest: ReturnType<typeof parse>
let text: string

test('it arrives with a null sender, the headers of a digest, and as text and HTML', async () => {
  assert.deepEqual(await sendDigest(bob), { isSent: true })
  digest = parse((await gateway.arrived('List-Unsubscribe-Post')).toString('latin1'))
  const { fields, body } = digest
  assert.equal(fields.get('return-path'), '<>')
  assert.equal(fields.get('to'), `<${bob}>`)
  assert.match(fields.get('from') ?? '', /<quarantine@corp\.example>$/)
  assert.match(fields.get('auto-submitted') ?? '', /^auto-generated/)
  assert.match(fields.get('message-id') ?? '', /^<[^\s<>@]+@corp\.example>$/)
  assert.ok(!Number.isNaN(Date.parse(fields.get('date') ?? '')))
  assert.equal(fields.get('list-unsubscribe-post'), 'List-Unsubscribe=One-Click')
  assert.match(fields.get('list-unsubscribe') ?? '', /^<https:\/\/localhost:\d+\/digest\/[\w-]{60}>$/)
  const [, boundary] =
    /^multipart\/alternative;.*boundary="?([^";]+)/.exec(fields.get('content-type') ?? '') ?? []
  assert.ok(boundary)
  const [, plain, html, end] = body.split(`--${boundary}`)
  assert.equal(end?.trim(), '--')
  const parts = [plain, html].map((part) => parse((part ?? '').slice(2)))
  assert.deepEqual(
    parts.map(({ fields }) => fields.get('content-type')?.split(';')[0]),
    ['text/plain', 'text/html'],
  )
  text = decoded(parts[0]!)
  assert.match(text.replace(/\s+/g, ' '), /1 Nachricht wurde .* \(Größe & Söhne\)\./)
  assert.match(decoded(parts[1]!), /<html lang="de">.*Größe &amp; Söhne/s)
  for (const line of body.split('\r\n')) assert.ok(line.length <= 78, line)
})

test('its Not Spam link acts once, and the mail arrives as it came', async () => {
  const [url = ''] = text.match(new RegExp(`${base}/digest/[\\w-]{60}`)) ?? []
  const answer = await post(url, 'do=not-spam')
  assert.equal(answer.status, 200)
  const original = mails.get(bob)!.content
  const arrived = await gateway.arrived('digest-bob@sender.example')
  assert.ok(arrived.subarray(-original.length).equals(original))
  await post(url, 'do=not-spam')
  const item = await gateway.held(mails.get(bob)!.messageId)
  await gateway.until(item.id, 'delivered')
  assert.equal(gateway.delivered().filter((mail) => mail.includes('digest-bob@sender.example')).length, 1)
})

test('one click ends the digests', async () => {
  const url = digest.fields.get('list-unsubscribe')?.slice(1, -1) ?? ''
  assert.equal((await post(url, 'List-Unsubscribe=One-Click')).status, 200)
  const { own } = await gateway.api.get<{ own: { days: string[] } | null }>(
    `/api/v1/users/${ids.get(bob)}/digest/schedule`,
  )
  assert.deepEqual(own?.days, [])
})

test('what Postfix defers is tried again, what it refuses is given up; both in its own words', async () => {
  for (const to of [later, never]) assert.deepEqual(await sendDigest(to), { isSent: true })
  interface Trouble {
    recipient: string
    state: string
    attempts: number
    reply: string
  }
  const troubles = await patiently('a second attempt', async () => {
    const { troubles } = await gateway.api.get<{ troubles: Trouble[] }>('/api/v1/digests')
    return troubles.some(({ attempts }) => attempts > 1) && troubles.length === 2 ? troubles : undefined
  })
  const of = (to: string) => troubles.find(({ recipient }) => recipient === to)
  assert.equal(of(later)?.state, 'due')
  assert.match(of(later)?.reply ?? '', /^451 4\.7\.1 .*come back later/)
  assert.deepEqual([of(never)?.state, of(never)?.attempts], ['failed', 1])
  assert.match(of(never)?.reply ?? '', /^550 5\.1\.1 .*nobody of that name/)
})
