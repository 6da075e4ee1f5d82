/**
 * A real Postfix with Lazaret as its content filter: clean mail arrives; held mail is found, released, and arrives as it
 * was below the lines put before it; a DKIM signature made before Postfix still verifies.
 */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sendOne } from '../../bench/peers/smtp-client.ts'
import { openSigner } from './dkim.ts'
import { type Gateway, openGateway } from './gateway.ts'
import { cleanMail, programMail, type Sample, spamMail, virusMail } from './mails.ts'

let gateway: Gateway
before(async () => {
  gateway = await openGateway()
})
after(() => gateway?.[Symbol.asyncDispose]())

const recipients = ['bob@corp.example']
async function send({ content }: Pick<Sample, 'content'>): Promise<void> {
  const { code, lines } = await sendOne(gateway.port, { sender: 'alice@sender.example', recipients, content })
  assert.equal(code, 250, lines.join(' '))
}

/** The lines that servers put before; what they were put before must be `original`, to the octet. */
function traceLines(arrived: Buffer, original: Buffer): string {
  const at = arrived.length - original.length
  assert.ok(
    at > 0 && arrived.subarray(at).equals(original),
    `not byte-identical:\n${arrived.toString('latin1', 0, 4000)}`,
  )
  const trace = arrived.toString('latin1', 0, at)
  assert.match(trace, /^([!-9;-~]+:[^\r]*\r\n([ \t][^\r]*\r\n)*)+$/, 'only whole header fields stand before')
  return trace
}

test('clean mail arrives unchanged, and nothing is held', async () => {
  const mail = cleanMail('clean-1')
  await send(mail)
  traceLines(await gateway.arrived('clean-1@sender.example'), mail.content)
  assert.equal((await gateway.api.messages({ messageId: mail.messageId })).total, 0)
})

const kinds = [
  { name: 'GTUBE', mail: spamMail('gtube-1'), reason: 'spam', confirm: false },
  { name: 'EICAR', mail: virusMail('eicar-1'), reason: 'malware', confirm: true },
  { name: 'a program as attachment', mail: programMail('program-1'), reason: 'attachment', confirm: false },
]
for (const { name, mail, reason, confirm } of kinds)
  test(`${name} is held, found, released, and arrives byte-identical`, async () => {
    await send(mail)
    const item = await gateway.held(mail.messageId)
    assert.equal(item.reason, reason)
    assert.deepEqual(item.recipients, [{ ...item.recipients[0], address: 'bob@corp.example', state: 'held' }])
    assert.ok(
      !gateway.delivered().some((each) => each.includes(mail.messageId)),
      'not delivered before its release',
    )
    const raw = await gateway.api.raw(item.id)
    traceLines(raw, mail.content) // Postfix's own Received

    if (confirm) {
      await gateway.api.call('POST', '/api/v1/messages/release', { ids: [item.id] })
      assert.equal(
        (await gateway.held(mail.messageId)).recipients[0]?.state,
        'held',
        'released without confirmVirus',
      )
    }
    await gateway.api.post('/api/v1/messages/release', { ids: [item.id], confirmVirus: confirm })
    const trace = traceLines(await gateway.arrived(mail.messageId), raw)
    assert.match(trace, /^Received: /m)
    await gateway.until(item.id, 'delivered')
  })

test('Postfix tells who the client was (XFORWARD), and it is kept', async () => {
  const { messageId, content } = spamMail('xforward-1')
  const reply = await sendOne(
    gateway.port,
    { sender: 'alice@sender.example', recipients, content },
    '127.0.0.7',
  )
  assert.equal(reply.code, 250)
  const { id } = await gateway.held(messageId)
  const { client } = await gateway.api.get<{ client: Record<string, string> }>(`/api/v1/messages/${id}`)
  assert.equal(client.ip, '127.0.0.7')
  assert.equal(client.helo, 'client.test.example')
  assert.equal(client.peerIp, '127.0.0.1')
})

test('a DKIM signature made before Postfix verifies after a release', async () => {
  const signer = openSigner()
  for (const [i, canonicalization] of (['simple/simple', 'relaxed/relaxed'] as const).entries()) {
    const mail = spamMail(`dkim-${i}`)
    const signed = signer.sign(mail.content, canonicalization)
    assert.ok(signer.verifies(signed), 'the signature is good to begin with')
    await send({ content: signed })
    const item = await gateway.held(mail.messageId)
    await gateway.api.post('/api/v1/messages/release', { ids: [item.id] })
    assert.ok(signer.verifies(await gateway.arrived(mail.messageId)), `${canonicalization} after the release`)
  }
})
