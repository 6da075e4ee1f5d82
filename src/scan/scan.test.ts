/** A scanner that fails in any way is a verdict, never a pass; nobody waits longer than the deadline. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../clock.ts'
import { scan } from './scan.ts'
import type { ImmediateScanner, Scannable, Scanner, Verdict } from './scanner.ts'
import { verdictOf } from './testing/verdict.ts'

const mail: Scannable = {
  envelope: {
    via: 'smtp',
    sender: '',
    recipients: [],
    body: null,
    smtputf8: false,
    client: { ip: '192.0.2.1', port: null, name: null, helo: null, protocol: 'SMTP' },
    peerIp: '192.0.2.1',
  },
  facts: {
    size: 0,
    from: '',
    fromAddresses: [],
    to: '',
    subject: '',
    date: null,
    messageId: null,
    attachments: [],
    headers: [],
    patterns: [],
    ambiguities: [],
  },
  async *content() {},
}

/** Time goes on when told to; timers fire at once then. */
function handClock(): Clock & { pass(ms: number): void; timers: number } {
  let now = 1_000
  const timers = new Set<{ at: number; task: () => Promise<void> }>()
  return {
    now: () => now,
    every(delayMs, task) {
      const timer = { at: now + delayMs, task }
      timers.add(timer)
      return {
        wake() {},
        async [Symbol.asyncDispose]() {
          timers.delete(timer)
        },
      }
    },
    pass(ms) {
      now += ms
      for (const timer of timers) if (timer.at <= now) void timer.task()
    },
    get timers() {
      return timers.size
    },
  }
}

const says = (scanner: string, result: Verdict['result']): Scanner => ({
  name: scanner,
  scan: async () => verdictOf(scanner, result, { tookMs: 99 }),
})
const silent: Scanner = { name: 'silent', scan: async () => null }
const broken: Scanner = {
  name: 'broken',
  async scan() {
    throw new Error('no\r\nconnection')
  },
}
const thrower: Scanner = {
  name: 'thrower',
  scan() {
    throw 'not even an error'
  },
}

test('verdicts come in order, silence is left out, failures are verdicts', async () => {
  const clock = handClock()
  const verdicts = await scan([says('a', 'clean'), silent, broken, thrower, says('b', 'spam')], mail, {
    deadlineMs: 100,
    clock,
  })
  assert.deepEqual(
    verdicts.map(({ scanner, result, detail }) => [scanner, result, detail]),
    [
      ['a', 'clean', ''],
      ['broken', 'failed', 'no connection'],
      ['thrower', 'failed', 'not even an error'],
      ['b', 'spam', ''],
    ],
  )
  assert.equal(clock.timers, 0)
})

test('those that need not be waited for: no clock is asked, one that throws has failed, the order is kept', async () => {
  const clock = handClock()
  const atOnce = (name: string, answer: () => Verdict | null): ImmediateScanner => ({
    name,
    immediate: true,
    scan: answer,
  })
  const spam = verdictOf('spam', 'spam')
  const immediate = [
    atOnce('spam', () => spam),
    atOnce('quiet', () => null),
    atOnce('broken', () => {
      throw new Error('no idea')
    }),
  ]
  const alone = await scan(immediate, mail, { deadlineMs: 100, clock })
  assert.deepEqual(
    alone.map(({ scanner, result, detail }) => [scanner, result, detail]),
    [
      ['spam', 'spam', ''],
      ['broken', 'failed', 'no idea'],
    ],
  )
  const hanging: Scanner = { name: 'hanging', scan: () => new Promise(() => {}) }
  const mixed = scan([immediate[2]!, hanging, immediate[0]!], mail, { deadlineMs: 100, clock })
  clock.pass(100)
  assert.deepEqual(
    (await mixed).map(({ scanner, result }) => [scanner, result]),
    [
      ['broken', 'failed'],
      ['hanging', 'failed'],
      ['spam', 'spam'],
    ],
  )
})

test('a late scanner has failed, and is told to stop; the others count', async () => {
  const clock = handClock()
  let stopped = false
  const hanging: Scanner = {
    name: 'hanging',
    scan: (_mail, signal) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          stopped = true
        })
      }),
  }
  const late = scan([hanging, says('a', 'clean')], mail, { deadlineMs: 100, clock })
  await new Promise(setImmediate) // those that answer have answered
  clock.pass(99)
  clock.pass(1)
  const verdicts = await late
  assert.deepEqual(
    verdicts.map(({ scanner, result }) => [scanner, result]),
    [
      ['hanging', 'failed'],
      ['a', 'clean'],
    ],
  )
  assert.match(verdicts[0]!.detail, /100 ms/)
  assert.deepEqual([stopped, clock.timers], [true, 0])
})

test('given up from outside', async () => {
  const clock = handClock()
  const hanging: Scanner = { name: 'hanging', scan: () => new Promise(() => {}) }
  const [verdict] = await scan([hanging], mail, { deadlineMs: 100, clock, signal: AbortSignal.abort() })
  assert.equal(verdict?.result, 'failed')
})

test('one that rejects after the deadline does no harm', async () => {
  const clock = handClock()
  const { promise, reject } = Promise.withResolvers<null>()
  const verdicts = scan([{ name: 'x', scan: () => promise }], mail, { deadlineMs: 10, clock })
  clock.pass(10)
  assert.equal((await verdicts)[0]?.result, 'failed')
  reject(new Error('too late'))
  await Promise.resolve()
})
