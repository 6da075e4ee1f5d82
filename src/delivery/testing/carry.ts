/** One mail and one courier for tests, with honest defaults. */
import { systemClock } from '../../clock.ts'
import { defaultsOf } from '../../options.ts'
import type { CourierOutcome, Parcel } from '../courier.ts'
import { nextHopOptions } from '../options.ts'
import { type NextHopValues, smtpCourier } from '../smtp.ts'
import { fakeHop, type Script } from './fake-hop.ts'

export const trace = Buffer.from('Received: from a by b;\r\n\tMon, 5 Jan 2026 00:00:00 +0000\r\n')
export const text = Buffer.from('Subject: x\r\n\r\n.hidden\r\n..\r\nlast\r\n')

export function parcel(more: Partial<Parcel> & { bytes?: Uint8Array; to?: string[] } = {}): Parcel {
  const { bytes = text, to = ['b@y.example'], ...rest } = more
  return {
    sender: 'a@x.example',
    recipients: to.map((address) => ({ address, parameters: {} })),
    body: null,
    smtputf8: false,
    size: trace.length + bytes.length,
    trace,
    content: async function* () {
      yield bytes
    },
    client: null,
    ...rest,
  }
}

export const courierTo = (hop: { port: number }, more: Partial<NextHopValues> = {}) =>
  smtpCourier({ ...defaultsOf(nextHopOptions), host: '127.0.0.1', port: hop.port, ...more }, systemClock)
export const never = () => new AbortController().signal

export async function carryOnce(script: Script, what: Parcel, more: Partial<NextHopValues> = {}) {
  await using hop = await fakeHop(script)
  await using courier = courierTo(hop, more)
  const report = await courier.carry(what, never())
  return { report, outcomes: report.outcomes, hop }
}

export const word = (outcome: CourierOutcome | undefined) => outcome?.outcome
