/**
 * A connection to a server that is asked about somebody's password: TCP, TLS at once or after STARTTLS, lines with
 * CRLF. Everything hangs on one signal, which ends it at its deadline or when nobody waits any more. What a server says
 * is bounded, and nothing that it said in the clear is read after TLS began (CVE-2011-0411).
 */
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'

export interface Place {
  host: string
  port: number
  tls: 'implicit' | 'starttls' | 'none'
  /** The certificate must be valid for `host`. */
  verify: boolean
  /** PEM of the authorities to trust instead of the usual ones. */
  authorities: string | undefined
  connectTimeoutMs: number
}

/** The server cannot be asked, or says what cannot be understood. The text has nothing from after the password was sent. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable'
}

/** Longest line of a server: RFC 5321 and RFC 9051 know shorter ones only, lists of capabilities included. */
const lineLimitBytes = 8 * 1024
/** All that a server may say during one attempt. */
const talkLimitBytes = 64 * 1024

/** What went wrong with a connection, without anything that the other side wrote. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed'
  if (error.name === 'TimeoutError') return 'time-out'
  if (error.name === 'AbortError') return 'given up'
  if (error instanceof Unreachable) return error.message
  return 'code' in error && typeof error.code === 'string' && /^[A-Z0-9_]{1,60}$/.test(error.code)
    ? error.code
    : 'the connection failed'
}

/**
 * Waits for what `begin` waits for, unless the socket fails or the signal ends it; then it is destroyed. `begin` returns
 * how to stop listening. @throws Unreachable
 */
export async function awaited(
  socket: Socket,
  signal: AbortSignal,
  begin: (done: () => void, failed: (error: unknown) => void) => () => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const stop = () => reject(signal.reason)
  const closed = () => reject(new Unreachable('the server closed the connection'))
  if (signal.aborted) stop()
  if (socket.destroyed) closed()
  signal.addEventListener('abort', stop, { once: true })
  socket.on('error', reject).on('close', closed)
  const end = begin(resolve, reject)
  try {
    await promise
  } catch (error) {
    socket.on('error', () => {}) // it is of no more use, and must not end the process
    socket.destroy()
    throw new Unreachable(faultOf(error))
  } finally {
    end()
    signal.removeEventListener('abort', stop)
    socket.off('error', reject).off('close', closed)
  }
}

const opened = (socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> =>
  awaited(socket, signal, (done) => {
    socket.on(event, done)
    return () => socket.off(event, done)
  })

/** TLS over a connection that is there. The certificate is checked before a byte of ours is sent. @throws Unreachable */
export async function secured(plain: Socket, place: Place, signal: AbortSignal): Promise<TLSSocket> {
  plain.on('error', () => {}) // told by the TLS socket as well
  const socket = tlsConnect({
    socket: plain,
    host: place.host,
    servername: isIP(place.host) ? undefined : place.host,
    rejectUnauthorized: place.verify,
    ca: place.authorities,
    minVersion: 'TLSv1.2',
  })
  await opened(socket, 'secureConnect', signal)
  return socket
}

/** Connected; with `tls: 'implicit'` encrypted. @throws Unreachable */
export async function connected(place: Place, signal: AbortSignal): Promise<Socket> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(place.connectTimeoutMs)])
  const socket = netConnect({ host: place.host, port: place.port, noDelay: true })
  await opened(socket, 'connect', within)
  return place.tls === 'implicit' ? await secured(socket, place, within) : socket
}

export class Wire {
  #socket: Socket
  #rest = ''
  #bytes = 0
  #fault: Unreachable | null = null
  #wake: (() => void) | null = null
  readonly #place: Place
  readonly #signal: AbortSignal
  readonly #stop: () => void

  private constructor(socket: Socket, place: Place, signal: AbortSignal) {
    this.#socket = socket
    this.#place = place
    this.#signal = signal
    this.#stop = () => this.#break(faultOf(signal.reason))
    signal.addEventListener('abort', this.#stop, { once: true })
    this.#attach()
  }

  /** @throws Unreachable */
  static async open(place: Place, signal: AbortSignal): Promise<Wire> {
    return new Wire(await connected(place, signal), place, signal)
  }

  #attach(): void {
    this.#socket
      .on('data', (bytes: Buffer) => {
        this.#bytes += bytes.length
        if (this.#bytes > talkLimitBytes) return this.#break('the server says far more than it was asked')
        this.#rest += bytes.toString('latin1')
        this.#stir()
      })
      .on('error', (error) => this.#break(faultOf(error)))
      .on('end', () => this.#break('the server closed the connection'))
      .on('close', () => this.#break('the server closed the connection'))
  }

  #stir(): void {
    const wake = this.#wake
    this.#wake = null
    wake?.()
  }

  /** The first reason stays; lines that came before it can still be read. */
  #break(why: string): void {
    this.#fault ??= new Unreachable(why)
    this.#socket.destroy()
    this.#stir()
  }

  /** The next line without its end, a character per byte. @throws Unreachable */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#rest.indexOf('\n')
      if ((end < 0 ? this.#rest.length : end) > lineLimitBytes)
        throw new Unreachable('the server sent a line longer than 8 KB')
      if (end >= 0) {
        const line = this.#rest.slice(0, end > 0 && this.#rest[end - 1] === '\r' ? end - 1 : end)
        this.#rest = this.#rest.slice(end + 1)
        return line
      }
      if (this.#fault) throw this.#fault
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** @throws Unreachable */
  write(text: string): void {
    if (this.#fault) throw this.#fault
    this.#socket.write(text, 'utf8')
  }

  /** After the server agreed to begin TLS. @throws Unreachable */
  async startTls(): Promise<void> {
    // What came behind the agreement could have been put there by anybody.
    if (this.#rest !== '') throw new Unreachable('the server spoke in the clear after STARTTLS')
    if (this.#fault) throw this.#fault
    const plain = this.#socket
    for (const event of ['data', 'error', 'end', 'close']) plain.removeAllListeners(event)
    this.#socket = await secured(plain, this.#place, this.#signal)
    this.#attach()
  }

  /** Says goodbye without waiting for an answer. */
  close(farewell: string): void {
    this.#signal.removeEventListener('abort', this.#stop)
    if (!this.#fault) {
      this.#fault = new Unreachable('closed')
      this.#socket.end(farewell)
      const socket = this.#socket
      setTimeout(() => socket.destroy(), 1000).unref()
    }
  }
}
