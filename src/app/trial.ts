/**
 * Trial mode's next hop: a catch-all that keeps what was delivered as .eml files, so that a newcomer sees released mail
 * arrive before any mail server is set up. Nothing is really delivered. It speaks LMTP on loopback, so that every
 * recipient has its own answer: local part `temperror` is answered 451, `permerror` 550, to try those out. Each file is
 * the delivered bytes below Return-Path (RFC 5321 §4.4) and Delivered-To (RFC 9228) lines.
 */
import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { createEvents } from '../events.ts'
import type { SmtpOptions } from '../intake/options.ts'
import type { Receiver, Reception } from '../intake/reception.ts'
import { listen } from '../intake/smtp/listener.ts'
import type { Log } from '../log.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { Reply } from '../mail/reply.ts'

export interface Trial extends AsyncDisposable {
  host: string
  port: number
  /** Folder of the .eml files. */
  inbox: string
}

export const trialInboxFiles = 1000

export async function startTrial(
  dataDir: string,
  limits: SmtpOptions,
  clock: Clock,
  log: Log,
): Promise<Trial> {
  const inbox = join(dataDir, 'trial-inbox')
  await mkdir(inbox, { recursive: true, mode: 0o700 })
  const keeper = new Keeper(inbox, clock)
  await keeper.start()
  const listener = await listen(
    { host: '127.0.0.1', port: 0 },
    {
      protocol: 'lmtp',
      receiver: keeper,
      clock,
      // Its sessions are our own deliveries: they are told as such, and would count twice in the metrics.
      events: createEvents(log.child({ part: 'trial' }, { level: 'silent' })),
      hostname: 'trial.invalid',
      options: { ...limits, message_limit_mb: 2048, bare_newline: 'accept', stop_deadline_s: 5 },
      load: { mails: 0, incoming: new Set() },
      messageLimit: () => 2_048_000_000,
      pressure: () => null,
      secureContext: () => null,
    },
    { allows: () => true, trusts: () => true, present: { total: 0, byAddress: new Map() } },
  )
  const port = Number(/:(\d+)$/.exec(listener.address)?.[1])
  return { host: '127.0.0.1', port, inbox, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() }
}

class Keeper implements Receiver {
  readonly #inbox: string
  readonly #clock: Clock
  /** File names, oldest first. */
  #files: string[] = []
  #count = 0

  constructor(inbox: string, clock: Clock) {
    this.#inbox = inbox
    this.#clock = clock
  }

  async start(): Promise<void> {
    const names = await readdir(this.#inbox)
    for (const name of names) if (name.endsWith('.part')) await rm(join(this.#inbox, name))
    this.#files = names.filter((name) => name.endsWith('.eml')).sort()
  }

  begin(envelope: Envelope): Reception {
    const answers = envelope.recipients.map(({ address }) => answerFor(address))
    const kept = envelope.recipients.filter((_, i) => answers[i]?.code === 250).map(({ address }) => address)
    if (kept.length === 0) return { write: () => undefined, end: async () => answers, abort: () => undefined }
    const at = new Date(this.#clock.now()).toISOString().replace(/[-:]/g, '')
    const name = `${at}-${String(++this.#count).padStart(6, '0')}`
    const lines = [`Return-Path: <${envelope.sender}>`, ...kept.map((address) => `Delivered-To: ${address}`)]
    const file = new Incoming(join(this.#inbox, `${name}.part`), Buffer.from(`${lines.join('\r\n')}\r\n`))
    return {
      write: (bytes) => file.write(bytes),
      end: async () => {
        const problem = await file.close()
        if (problem)
          return answers.map(() => ({ code: 451, status: '4.3.0', text: `trial inbox: ${problem}` }))
        await rename(file.path, join(this.#inbox, `${name}.eml`))
        await this.#keepNewest(`${name}.eml`)
        return answers
      },
      abort: () => void file.close().then(() => rm(file.path, { force: true })),
    }
  }

  async #keepNewest(name: string): Promise<void> {
    this.#files.push(name)
    for (const old of this.#files.splice(0, Math.max(0, this.#files.length - trialInboxFiles)))
      await rm(join(this.#inbox, old), { force: true })
  }
}

function answerFor(address: string): Reply {
  const local = address.slice(0, address.lastIndexOf('@')).toLowerCase()
  if (local === 'temperror')
    return { code: 451, status: '4.3.0', text: 'Trial: temporary error, as asked for' }
  if (local === 'permerror')
    return { code: 550, status: '5.1.1', text: 'Trial: permanent error, as asked for' }
  return { code: 250, status: '2.0.0', text: 'Trial: kept as a file, not delivered' }
}

/** A file being written; its first error is told by close(). */
class Incoming {
  readonly path: string
  readonly #handle: Promise<FileHandle | null>
  #tail: Promise<void>
  #problem: string | null = null

  constructor(path: string, head: Buffer) {
    this.path = path
    this.#handle = open(path, 'wx', 0o600).catch((error: Error) => this.#failed(error))
    this.#tail = this.#append(head)
  }

  write(bytes: Uint8Array): Promise<void> {
    this.#tail = this.#tail.then(() => this.#append(bytes))
    return this.#tail
  }

  async close(): Promise<string | null> {
    await this.#tail
    await (await this.#handle)?.close()
    return this.#problem
  }

  async #append(bytes: Uint8Array): Promise<void> {
    const handle = await this.#handle
    if (handle && this.#problem === null)
      await handle.writeFile(bytes).catch((error: Error) => this.#failed(error))
  }

  #failed(error: Error): null {
    this.#problem ??= error.message
    return null
  }
}
