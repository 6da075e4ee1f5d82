/**
 * The courier over SMTP or LMTP: our own client, over kept-open connections to one next hop. It never throws: what the
 * network or the server does is an outcome for each recipient. A mail is sent twice only when the connection is lost
 * between the end of the message and the server's answer, which nobody can tell from a mail that got lost.
 */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Clock } from '../clock.ts'
import type { ValuesOf } from '../options.ts'
import { Problem } from '../problem.ts'
import { isPath } from './commands.ts'
import { Broken, type Hop } from './connection.ts'
import type { Courier, CourierOutcome, CourierReport, Parcel } from './courier.ts'
import type { nextHopOptions } from './options.ts'
import { Pool } from './pool.ts'
import { type Transaction, transact } from './transaction.ts'

export type NextHopValues = ValuesOf<typeof nextHopOptions>

/**
 * A courier to the next hop of these options. Dispose it after everything that uses it.
 * @throws Problem 'invalid' when the file with the certificate authorities cannot be read.
 */
export function smtpCourier(options: NextHopValues, clock: Clock): Courier {
  return new SmtpCourier(options, clock)
}

/** What we call ourselves in EHLO: the option, or the machine's own name as far as it is a valid one. */
function heloName(wanted: string): string {
  const name = wanted || hostname()
  return /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\[[0-9A-Za-z:.]+\])$/.test(name)
    ? name
    : 'localhost'
}

function authorities(file: string): string | undefined {
  if (file === '') return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Problem(
      'invalid',
      `next_hop.tls_ca_file cannot be read: ${why}`,
      'Name a readable PEM file, or leave it empty.',
    )
  }
}

class SmtpCourier implements Courier {
  readonly #pool: Pool
  readonly #clock: Clock
  readonly #host: string
  readonly #recipientsPerMail: number

  constructor(options: NextHopValues, clock: Clock) {
    const hop: Hop = {
      host: options.host,
      port: options.port,
      lmtp: options.protocol === 'lmtp',
      heloName: heloName(options.helo_name),
      chunking: options.chunking,
      tls: options.tls,
      tlsVerify: options.tls_verify,
      tlsAuthorities: authorities(options.tls_ca_file),
      connectTimeoutMs: options.connect_timeout_s * 1000,
      commandTimeoutMs: options.command_timeout_s * 1000,
      dataTimeoutMs: options.data_timeout_s * 1000,
    }
    this.#pool = new Pool(hop, {
      connections: options.connections,
      idleTimeoutMs: options.idle_timeout_s * 1000,
      mailsPerConnection: options.mails_per_connection,
      waitingLimit: 10_000,
    })
    this.#clock = clock
    this.#host = hop.host.startsWith('/')
      ? hop.host
      : `${hop.host.includes(':') ? `[${hop.host}]` : hop.host}:${hop.port}`
    this.#recipientsPerMail = options.recipients_per_mail
  }

  async carry(parcel: Parcel, signal: AbortSignal): Promise<CourierReport> {
    const began = this.#clock.now()
    const outcomes: (CourierOutcome | null)[] = parcel.recipients.map(({ address }) =>
      isPath(address) ? null : refused('5.1.3 the address cannot be written in RCPT TO'),
    )
    if (parcel.sender !== '' && !isPath(parcel.sender))
      outcomes.fill(refused('5.1.7 the sender cannot be written in MAIL FROM'))
    const open = outcomes.flatMap((outcome, i) => (outcome === null ? [i] : []))
    let tls = ''
    for (let from = 0; from < open.length; from += this.#recipientsPerMail) {
      const part = open.slice(from, from + this.#recipientsPerMail)
      const all = part.length === parcel.recipients.length
      const sub = all ? parcel : { ...parcel, recipients: part.map((i) => parcel.recipients[i]!) }
      const done = await this.#send(sub, signal)
      tls = done.tls
      for (const [k, i] of part.entries()) outcomes[i] = done.outcomes[k]!
      const [first] = done.outcomes
      // No server, or none that talks: the rest would only wait for the same time-out.
      if (first && done.outcomes.every(({ outcome, reply }) => outcome === 'deferred' && reply === null)) {
        for (const i of open.slice(from + part.length))
          outcomes[i] = later(`not tried, since before: ${first.text}`)
        break
      }
    }
    return {
      host: this.#host,
      tls,
      tookMs: Math.max(0, this.#clock.now() - began),
      outcomes: outcomes.map((outcome) => outcome ?? later('the courier has no answer')),
    }
  }

  async #send(parcel: Parcel, signal: AbortSignal): Promise<{ tls: string; outcomes: CourierOutcome[] }> {
    const first = await this.#try(parcel, signal, false)
    // Only a kept connection can say `again`, and a fresh one never does: at most two tries.
    return first.again && !signal.aborted ? await this.#try(parcel, signal, true) : first
  }

  async #try(
    parcel: Parcel,
    signal: AbortSignal,
    fresh: boolean,
  ): Promise<{ tls: string; outcomes: CourierOutcome[]; again: boolean }> {
    let connection: Awaited<ReturnType<Pool['take']>>
    try {
      connection = await this.#pool.take(signal, fresh)
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      const { reply } = error
      const outcome: CourierOutcome = {
        outcome: 'deferred',
        reply: reply && { code: reply.code, status: reply.status, text: reply.text },
        text: error.message,
      }
      return { tls: '', outcomes: parcel.recipients.map(() => outcome), again: false }
    }
    const stop = () => connection.break('stopped')
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    let left: Transaction['left'] = 'spent'
    try {
      const done = await transact(connection, parcel)
      left = done.left
      return { tls: connection.tls, outcomes: done.outcomes, again: done.again }
    } finally {
      signal.removeEventListener('abort', stop)
      this.#pool.giveBack(connection, left)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
  }
}

const refused = (text: string): CourierOutcome => ({ outcome: 'failed', reply: null, text })
const later = (text: string): CourierOutcome => ({ outcome: 'deferred', reply: null, text })
