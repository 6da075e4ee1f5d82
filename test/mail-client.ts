/** A mail client for tests: hands mail to SMTP on the loopback over kept-open connections, as our own deliveries do. */
import { systemClock } from '../src/clock.ts'
import type { CourierOutcome } from '../src/delivery/courier.ts'
import { nextHopOptions } from '../src/delivery/options.ts'
import { smtpCourier } from '../src/delivery/smtp.ts'
import { defaultsOf } from '../src/options.ts'

export interface SentMail {
  sender: string
  recipients: readonly string[]
  message: Buffer
  smtputf8?: boolean
  eightBit?: boolean
}

export interface MailClient extends AsyncDisposable {
  /** One outcome for each recipient. */
  send(mail: SentMail): Promise<readonly CourierOutcome[]>
}

export function mailClient(port: number): MailClient {
  const courier = smtpCourier(
    { ...defaultsOf(nextHopOptions), host: '127.0.0.1', port, tls: 'none' },
    systemClock,
  )
  return {
    async send({ sender, recipients, message, smtputf8 = false, eightBit = true }) {
      const parcel = {
        sender,
        recipients: recipients.map((address) => ({ address, parameters: {} })),
        body: eightBit ? ('8BITMIME' as const) : null,
        smtputf8,
        size: message.length,
        trace: Buffer.alloc(0),
        content: async function* () {
          yield message
        },
        client: null,
      }
      return (await courier.carry(parcel, new AbortController().signal)).outcomes
    },
    [Symbol.asyncDispose]: () => courier[Symbol.asyncDispose](),
  }
}
