/**
 * The next hop goes away and comes back: clean mail stays with Postfix and arrives later, a released message waits with
 * its attempts on record and arrives later; each of them once.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { sendOne } from '../../bench/peers/smtp-client.ts'
import { startRecordingSink } from '../crash/recording-sink.ts'
import { freePort } from '../postgres.ts'
import { openGateway, patiently } from './gateway.ts'
import { cleanMail, spamMail } from './mails.ts'

test('the next hop is down, then up: nothing is lost, nothing comes twice', async () => {
  await using sink = await startRecordingSink(await freePort())
  const more = '[delivery]\npoll_interval_s = 0.2\nretry_minutes = [0.1]\n'
  await using gateway = await openGateway({ nextHopPort: sink.port, more })
  const send = async (content: Buffer) => {
    const reply = await sendOne(gateway.port, {
      sender: 'alice@sender.example',
      recipients: ['bob@corp.example'],
      content,
    })
    assert.equal(reply.code, 250)
  }
  const held = spamMail('waiting-1')
  await send(held.content)
  const { id } = await gateway.held(held.messageId)

  await sink.close()
  const clean = cleanMail('waiting-2')
  await send(clean.content)
  await patiently(
    'the clean mail in the deferred queue',
    () => gateway.postfix.queued('deferred') > 0 || undefined,
  )
  await gateway.api.post('/api/v1/messages/release', { ids: [id] })
  const tried = await patiently('an attempt on record', async () => {
    const text = JSON.stringify(await gateway.api.get('/api/v1/deliveries'))
    return /deferred/.test(text) ? text : undefined
  })
  assert.match(tried, new RegExp(id))
  assert.equal((await gateway.held(held.messageId)).recipients[0]?.state, 'releasing')

  await sink.open()
  const flush = () => execFileSync('/usr/sbin/postqueue', ['-c', gateway.postfix.config, '-f'])
  await patiently('both mails at the next hop', () => {
    flush()
    return sink.received.length >= 2 || undefined
  })
  await gateway.until(id, 'delivered')
  await patiently('an empty queue', () => gateway.postfix.queued('deferred') === 0 || undefined)
  const ids = sink.received.map(
    ({ content }) => /^Message-ID: (.*)\r$/m.exec(content.toString('latin1'))?.[1],
  )
  assert.deepEqual(ids.toSorted(), [held.messageId, clean.messageId].toSorted())
})
