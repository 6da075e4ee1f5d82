/**
 * Postfix hands mail over by LMTP: recipients whose copies are decided differently each get their own answer. Bob's copy
 * is held, Carol's is passed on, Eve's is refused; Postfix sends a bounce for Eve's alone.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { sendOne } from '../../bench/peers/smtp-client.ts'
import { type Gateway, openGateway, patiently } from './gateway.ts'
import { cleanMail } from './mails.ts'

const rules = `
[[rules]]
name = "Bob"
disposition = "quarantine"
area = "Review"
reason = "policy"
who = { recipients = ["bob@corp.example"] }

[[rules]]
name = "Eve"
disposition = "reject"
area = "Review"
who = { recipients = ["eve@corp.example"] }
`

let gateway: Gateway
before(async () => {
  gateway = await openGateway({ via: 'lmtp', more: rules })
})
after(() => gateway?.[Symbol.asyncDispose]())

test('recipients of one mail get different answers', async () => {
  const mail = cleanMail('lmtp-1')
  const recipients = ['bob@corp.example', 'carol@corp.example', 'eve@corp.example']
  const reply = await sendOne(gateway.port, {
    sender: 'alice@corp.example',
    recipients,
    content: mail.content,
  })
  assert.equal(reply.code, 250)

  const item = await gateway.held(mail.messageId)
  assert.deepEqual(
    item.recipients.map(({ address, state }) => [address, state]),
    [['bob@corp.example', 'held']],
  )
  const passed = await gateway.arrived(`Delivered-To: carol@corp.example`)
  assert.ok(passed.includes(mail.content), 'the copy that was passed on is unchanged')
  const bounce = await gateway.arrived('Content-Type: message/delivery-status')
  assert.match(bounce.toString('latin1'), /Final-Recipient: rfc822; ?eve@corp\.example/)
  assert.doesNotMatch(bounce.toString('latin1'), /Final-Recipient: rfc822; ?(bob|carol)@/)

  await gateway.api.post('/api/v1/messages/release', { ids: [item.id] })
  const released = await gateway.arrived('Delivered-To: bob@corp.example')
  assert.ok(released.includes(mail.content))
  assert.equal(gateway.delivered().length, 3, 'two copies and the bounce')
})

test('the log of Postfix shows each recipient with the answer that it got', async () => {
  const log = await patiently('three answers', () => {
    const text = readFileSync(gateway.postfix.log, 'utf8')
    return (text.match(/relay=127\.0\.0\.1\[127\.0\.0\.1\]:\d+,.* status=/g) ?? []).length >= 3
      ? text
      : undefined
  })
  assert.match(log, /to=<bob@corp\.example>, relay=127.*status=sent/)
  assert.match(log, /to=<carol@corp\.example>, relay=127.*status=sent/)
  assert.match(log, /to=<eve@corp\.example>, relay=127.*status=bounced/)
})
