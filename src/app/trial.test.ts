import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { systemClock } from '../clock.ts'
import type { Parcel } from '../delivery/courier.ts'
import { nextHopOptions } from '../delivery/options.ts'
import { smtpCourier } from '../delivery/smtp.ts'
import { smtpOptions } from '../intake/options.ts'
import { createLog } from '../log.ts'
import { defaultsOf } from '../options.ts'
import { startTrial, trialInboxFiles } from './trial.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-trial-'))
after(() => rmSync(folder, { recursive: true }))

const parcelTo = (addresses: string[], bytes: Buffer): Parcel => ({
  sender: 'a@x.example',
  recipients: addresses.map((address) => ({ address, parameters: {} })),
  body: '8BITMIME',
  smtputf8: false,
  size: bytes.length,
  trace: Buffer.from('Received: trial\r\n'),
  content: async function* () {
    yield bytes
  },
  client: null,
})

test('what is delivered is kept byte for byte, is refused as asked for, and only the newest stay', async () => {
  await using trial = await startTrial(folder, defaultsOf(smtpOptions), systemClock, createLog('silent'))
  const options = {
    ...defaultsOf(nextHopOptions),
    host: trial.host,
    port: trial.port,
    protocol: 'lmtp' as const,
  }
  await using courier = smtpCourier(options, systemClock)
  const bytes = Buffer.from('Subject: x\r\n\r\n.dot\r\n\xe9\r\n', 'latin1')
  const carry = (to: string[]) => courier.carry(parcelTo(to, bytes), new AbortController().signal)

  const mixed = await carry(['b@y.example', 'temperror@y.example', 'permerror@y.example', 'c@y.example'])
  assert.deepEqual(
    mixed.outcomes.map(({ outcome }) => outcome),
    ['delivered', 'deferred', 'failed', 'delivered'],
  )
  const [file = ''] = readdirSync(trial.inbox)
  assert.deepEqual(
    readFileSync(join(trial.inbox, file)),
    Buffer.concat([
      Buffer.from(
        'Return-Path: <a@x.example>\r\nDelivered-To: b@y.example\r\nDelivered-To: c@y.example\r\nReceived: trial\r\n',
      ),
      bytes,
    ]),
  )
  assert.deepEqual(
    (await carry(['permerror@y.example'])).outcomes.map(({ outcome }) => outcome),
    ['failed'],
  )
  assert.equal(readdirSync(trial.inbox).length, 1)
})

test('old files of earlier runs make room', async () => {
  const inbox = join(folder, 'trial-inbox')
  for (let i = 0; i < trialInboxFiles; i++)
    writeFileSync(join(inbox, `20200101T000000.000Z-${String(i).padStart(6, '0')}.eml`), '')
  await using trial = await startTrial(folder, defaultsOf(smtpOptions), systemClock, createLog('silent'))
  const options = {
    ...defaultsOf(nextHopOptions),
    host: trial.host,
    port: trial.port,
    protocol: 'lmtp' as const,
  }
  await using courier = smtpCourier(options, systemClock)
  await courier.carry(parcelTo(['b@y.example'], Buffer.from('x: y\r\n\r\n')), new AbortController().signal)
  const names = readdirSync(inbox).sort()
  assert.equal(names.length, trialInboxFiles)
  assert.ok(!names.includes('20200101T000000.000Z-000000.eml'))
})
