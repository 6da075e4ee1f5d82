/** A courier for tests that keeps parcels in memory and answers what it is told to. */
import type { Courier, CourierOutcome, Parcel } from '../courier.ts'

export const delivered: CourierOutcome = {
  outcome: 'delivered',
  reply: { code: 250, status: '2.0.0', text: 'kept' },
  text: '',
}
export const deferred: CourierOutcome = { outcome: 'deferred', reply: null, text: 'connect ECONNREFUSED' }
export const failed: CourierOutcome = {
  outcome: 'failed',
  reply: { code: 550, status: '5.1.1', text: 'unknown' },
  text: '',
}

/** A next hop in memory that answers what it is told to. */
export function fakeCourier(
  answer: (address: string) => CourierOutcome | Promise<CourierOutcome> = () => delivered,
) {
  const parcels: { parcel: Parcel; bytes: string }[] = []
  const courier: Courier = {
    async carry(parcel) {
      let bytes = parcel.trace.toString()
      let broken: CourierOutcome | null = null
      try {
        for await (const piece of parcel.content()) bytes += Buffer.from(piece).toString()
      } catch (error) {
        broken = {
          outcome: 'deferred',
          reply: null,
          text: `the content cannot be read: ${(error as Error).message}`,
        }
      }
      const outcomes = await Promise.all(parcel.recipients.map(({ address }) => broken ?? answer(address)))
      if (!broken) parcels.push({ parcel, bytes })
      return { host: 'fake', tls: '', tookMs: 3, outcomes }
    },
    async [Symbol.asyncDispose]() {},
  }
  return { courier, parcels }
}
