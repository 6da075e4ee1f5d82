/**
 * Starts and stops the taking in of mail: the listeners for SMTP and LMTP with the limits they share, and the path
 * behind them. All listeners or none; a Problem says which address cannot be had and what to do.
 */
import { hostname as machineName } from 'node:os'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Context } from '../context.ts'
import type { Courier } from '../delivery/courier.ts'
import type { Policy } from '../policy/decide.ts'
import { Problem } from '../problem.ts'
import { peersOf } from '../scan/peers.ts'
import type { Scannable, Scanner } from '../scan/scanner.ts'
import { type LmtpOptions, parseListen, type SmtpOptions } from './options.ts'
import { createReceiver } from './receive.ts'
import { type Door, type Listener, listen } from './smtp/listener.ts'
import { bytesPerMb, type Incoming, type Wire } from './smtp/wire.ts'

/** What intake needs of the others. Functions are asked when it matters, so their answers may change. */
export interface IntakeParts {
  policy(): Policy
  scanners(): readonly Scanner[]
  /** All scanners together have so long for one mail. */
  scanDeadlineMs(): number
  /** Authentication-Results that trusted hosts wrote into the mail. */
  authenticationOf(mail: Pick<Scannable, 'envelope' | 'facts'>): string[]
  nextHop: Courier
  /** Why no mail can be taken now (disk nearly full …), as a sentence for the client; null when it can. */
  pressure(): string | null
  /** Key and certificate for STARTTLS, in PEM; asked at the start and at each reload. Without it TLS is not offered. */
  tls?: () => { key: string; cert: string } | null
}

export interface IntakeOptions {
  smtp: SmtpOptions
  lmtp: LmtpOptions
}

export interface Intake extends AsyncDisposable {
  /** Addresses as really bound: `smtp 127.0.0.1:10024`. */
  readonly addresses: string[]
  /** Limits, networks, name and certificate count from now on; sessions go on. Listeners stay where they are. */
  reload(options: IntakeOptions): void
}

/** @throws Problem when an address cannot be had, or key and certificate do not fit; then nothing was started. */
export async function startIntake(ctx: Context, parts: IntakeParts, initial: IntakeOptions): Promise<Intake> {
  const machine = machineName()
  let options = initial
  let secureContext = readCertificate(parts)
  let allows = peersOf(initial.smtp.allowed_clients)
  let trusts = peersOf(initial.smtp.trusted_peers)
  const hostname = () => options.smtp.hostname || machine

  await using undo = new AsyncDisposableStack()
  const receiver = undo.use(createReceiver(ctx, { ...parts, options: () => options.smtp, hostname }))
  const door: Door = {
    allows: (ip) => allows(ip),
    trusts: (ip) => trusts(ip),
    present: { total: 0, byAddress: new Map() },
  }
  const load = { mails: 0, incoming: new Set<Incoming>() }
  const wireOf = (protocol: Wire['protocol']): Wire => ({
    protocol,
    receiver,
    clock: ctx.clock,
    events: ctx.events,
    load,
    get hostname() {
      return hostname()
    },
    get options() {
      return options.smtp
    },
    messageLimit: () => options.smtp.message_limit_mb * bytesPerMb,
    pressure: () => parts.pressure(),
    secureContext: () => secureContext,
  })

  const listeners: Listener[] = []
  const addresses: string[] = []
  // All at once, not one after the other: they share the time that stopping may take.
  undo.defer(async () => {
    await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()))
  })
  for (const protocol of ['smtp', 'lmtp'] as const)
    for (const text of options[protocol].listen) {
      const listener = await listen(parseListen(text), wireOf(protocol), door)
      listeners.push(listener)
      addresses.push(`${protocol} ${listener.address}`)
    }

  const running = undo.move()
  return {
    addresses,
    reload(next) {
      secureContext = readCertificate(parts)
      options = next
      allows = peersOf(next.smtp.allowed_clients)
      trusts = peersOf(next.smtp.trusted_peers)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function readCertificate(parts: IntakeParts): SecureContext | null {
  const pair = parts.tls?.()
  if (!pair) return null
  try {
    return createSecureContext({ ...pair, minVersion: 'TLSv1.2' })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Problem(
      'invalid',
      `The certificate for STARTTLS cannot be used: ${why}`,
      'Give a PEM certificate with the private key that belongs to it.',
    )
  }
}
