/** A listener for tests: real sockets, a clock turned by hand, and a receiver that shows what it was given. */

import type { Clock } from '../../../clock.ts'
import { createEvents, type Event } from '../../../events.ts'
import { createLog } from '../../../log.ts'
import type { Envelope } from '../../../mail/envelope.ts'
import type { Reply } from '../../../mail/reply.ts'
import { defaultsOf } from '../../../options.ts'
import { peersOf } from '../../../scan/peers.ts'
import { parseListen, type SmtpOptions, smtpOptions } from '../../options.ts'
import type { Receiver } from '../../reception.ts'
import { listen } from '../listener.ts'
import { bytesPerMb, type Wire } from '../wire.ts'

export interface ReceivedMail {
  envelope: Envelope
  content: string
}

export interface TestServer extends AsyncDisposable {
  port: number
  /** Mails that were ended, in order. */
  mails: ReceivedMail[]
  /** Receptions that were aborted. */
  aborted: number
  /** How often receptions were told to hurry. */
  hurried: number
  events: Event[]
  wire: Wire
  clock: HandClock
}

export interface HandClock extends Clock {
  /** Moves the time and runs what is due. */
  turn(ms: number): Promise<void>
}

export function handClock(start = 1_700_000_000_000): HandClock {
  let now = start
  const timers = new Set<{ every: number; next: number; task: () => Promise<void> }>()
  return {
    now: () => now,
    every(delayMs, task) {
      const timer = { every: delayMs, next: now + delayMs, task }
      timers.add(timer)
      return {
        wake: () => void task(),
        async [Symbol.asyncDispose]() {
          timers.delete(timer)
        },
      }
    },
    async turn(ms) {
      now += ms
      for (const timer of timers) {
        if (timer.next > now) continue
        timer.next = now + timer.every
        await timer.task()
      }
    },
  }
}

export interface TestSettings {
  protocol?: 'smtp' | 'lmtp'
  options?: Partial<SmtpOptions>
  wire?: Partial<Wire>
  listen?: string
  /** The replies to a mail; `250 2.0.0 Ok` to each recipient otherwise. */
  answer?: (mail: ReceivedMail) => Reply[] | Promise<Reply[]>
  /** Called at each write. */
  write?: (bytes: Uint8Array) => Promise<void> | undefined
}

export async function startTestServer(settings: TestSettings = {}): Promise<TestServer> {
  const options = { ...defaultsOf(smtpOptions), hostname: 'mx.example', ...settings.options }
  const clock = handClock()
  const mails: ReceivedMail[] = []
  const told: Event[] = []
  const events = createEvents(createLog('silent'))
  events.listen((event) => told.push(event))
  const state = { aborted: 0, hurried: 0 }
  const receiver: Receiver = {
    begin(envelope) {
      const pieces: Buffer[] = []
      return {
        write(bytes) {
          pieces.push(Buffer.from(bytes))
          return settings.write?.(bytes)
        },
        async end() {
          const mail = {
            envelope: structuredClone(envelope),
            content: Buffer.concat(pieces).toString('latin1'),
          }
          mails.push(mail)
          return (
            settings.answer?.(mail) ??
            envelope.recipients.map(() => ({ code: 250, status: '2.0.0', text: 'Ok' }))
          )
        },
        hurry: () => void state.hurried++,
        abort: () => void state.aborted++,
      }
    },
  }
  const wire: Wire = {
    protocol: settings.protocol ?? 'smtp',
    receiver,
    clock,
    events,
    hostname: options.hostname,
    options,
    load: { mails: 0, incoming: new Set() },
    messageLimit: () => options.message_limit_mb * bytesPerMb,
    pressure: () => null,
    secureContext: () => null,
    ...settings.wire,
  }
  const listener = await listen(parseListen(settings.listen ?? '127.0.0.1:0'), wire, {
    allows: peersOf(options.allowed_clients),
    trusts: peersOf(options.trusted_peers),
    present: { total: 0, byAddress: new Map() },
  })
  return {
    port: Number(listener.address.split(':').at(-1)),
    mails,
    get aborted() {
      return state.aborted
    },
    get hurried() {
      return state.hurried
    },
    events: told,
    wire,
    clock,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  }
}
