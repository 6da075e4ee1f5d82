/**
 * One SMTP or LMTP connection to the next hop: greeting, EHLO, STARTTLS (RFC 3207), then commands and replies in turn.
 * Every wait has a deadline. Whatever goes wrong breaks the connection for good: each later call throws the same Broken,
 * which says what happened, so that a reply can never be taken for the answer to something else.
 */
import { isIP, connect as netConnect, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { type Capabilities, readCapabilities } from './commands.ts'
import { cleanText, ProtocolFault, ReplyReader, type ServerReply } from './replies.ts'

/** Where to, and how: the values of the section `next_hop`, ready for use. */
export interface Hop {
  /** Name or address; a path (beginning with /) is a UNIX socket. */
  host: string
  port: number
  lmtp: boolean
  heloName: string
  chunking: boolean
  tls: 'none' | 'opportunistic' | 'required'
  /** With `required`: the certificate must be valid for `host`. */
  tlsVerify: boolean
  /** PEM of further authorities to trust; undefined for the usual ones. */
  tlsAuthorities: string | undefined
  connectTimeoutMs: number
  commandTimeoutMs: number
  dataTimeoutMs: number
}

/** The connection is of no further use. */
export class Broken extends Error {
  override readonly name = 'Broken'
  /** The server's words, when it said why. */
  readonly reply: ServerReply | null

  constructor(text: string, reply: ServerReply | null = null) {
    super(text)
    this.reply = reply
  }
}

class TlsFailed extends Broken {}

export class Connection {
  #socket: Socket | TLSSocket
  #reader = new ReplyReader()
  #fault: Broken | null = null
  #wake: (() => void) | null = null
  /** Writes that the system has not taken to their end, or never will. */
  #unsent = 0
  readonly hop: Hop
  offered: Capabilities = readCapabilities([])
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384`; '' without. */
  tls = ''
  /** Mails that were carried over it. */
  mails = 0
  /** Called once when it breaks while nobody waits for it (a kept connection that the server closes). */
  onBroken: (() => void) | null = null

  private constructor(hop: Hop, socket: Socket) {
    this.hop = hop
    this.#socket = socket
    this.#attach(socket)
  }

  /** Connected, greeted, with STARTTLS done as the hop asks. @throws Broken */
  static async open(hop: Hop, signal: AbortSignal): Promise<Connection> {
    try {
      return await Connection.#open(hop, signal)
    } catch (error) {
      // Encryption that nobody insists on must not stop mail (RFC 7435 §3); a new connection, since this one is spoilt.
      if (error instanceof TlsFailed && hop.tls === 'opportunistic')
        return await Connection.#open({ ...hop, tls: 'none' }, signal)
      throw error
    }
  }

  static async #open(hop: Hop, signal: AbortSignal): Promise<Connection> {
    const socket = netConnect(
      hop.host.startsWith('/')
        ? { path: hop.host }
        : { host: hop.host, port: hop.port, noDelay: true, keepAlive: true },
    )
    const connection = new Connection(hop, socket)
    const stop = () => connection.break('stopped')
    signal.addEventListener('abort', stop)
    try {
      if (signal.aborted) stop()
      await connection.#connected()
      const greeting = await connection.reply('the greeting')
      if (greeting.code !== 220) throw new Broken('the server does not take mail now', greeting)
      await connection.#hello()
      if (hop.tls !== 'none') await connection.#startTls()
      return connection
    } catch (error) {
      connection.break('given up')
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  #attach(socket: Socket): void {
    socket.on('data', (bytes: Buffer) => {
      try {
        this.#reader.write(bytes)
      } catch (error) {
        if (!(error instanceof ProtocolFault)) throw error
        this.break(error.message)
      }
      this.#stir()
    })
    socket.on('drain', () => this.#stir())
    socket.on('connect', () => this.#stir())
    socket.on('error', (error) => this.break(cleanText(error.message)))
    socket.on('end', () => this.#closed())
    socket.on('close', () => this.#closed())
  }

  #stir(): void {
    const wake = this.#wake
    this.#wake = null
    if (wake) wake()
    else if (this.#fault) {
      const told = this.onBroken
      this.onBroken = null
      told?.()
    }
  }

  #closed(): void {
    this.break('the server closed the connection')
  }

  /** Cuts the line. The first reason stays. Replies that came before it can still be read. */
  break(why: string): void {
    if (this.#fault) return
    this.#fault = new Broken(why)
    this.#socket.destroy()
    this.#stir()
  }

  /** Waits for the next thing to happen; after `timeoutMs` the connection breaks, which is such a thing. */
  async #until(done: () => boolean, timeoutMs: number, what: string): Promise<void> {
    if (done()) return
    const timer = setTimeout(
      () => this.break(`time-out after ${timeoutMs / 1000} s, waiting for ${what}`),
      timeoutMs,
    )
    try {
      while (!done()) {
        if (this.#fault) throw this.#fault
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      clearTimeout(timer)
    }
  }

  async #connected(): Promise<void> {
    await this.#until(() => this.#socket.readyState === 'open', this.hop.connectTimeoutMs, 'a connection')
  }

  /** Not broken, nothing on its way, and nothing has come that nobody asked for: fit for a next mail. */
  get usable(): boolean {
    return this.#fault === null && this.#unsent === 0 && this.#reader.empty && this.#socket.writable
  }

  /** Something came in although nothing was asked. */
  get spokenTo(): boolean {
    return !this.#reader.empty
  }

  /** Writes at once, as one piece where the system allows. @throws Broken */
  write(parts: readonly (string | Uint8Array)[]): void {
    if (this.#fault) throw this.#fault
    const socket = this.#socket
    if (parts.length > 1) socket.cork()
    for (const part of parts) {
      this.#unsent++
      socket.write(part, this.#sent)
    }
    if (parts.length > 1) socket.uncork()
  }

  readonly #sent = (error: Error | null | undefined): void => {
    if (!error) this.#unsent--
    if (this.#unsent === 0) this.#stir()
  }

  /**
   * Waits until the system has taken all that was written. Before that a server cannot have it, whatever it says, and
   * the memory of what was written is still being read. @throws Broken
   */
  async written(): Promise<void> {
    await this.#until(() => this.#unsent === 0, this.hop.dataTimeoutMs, 'the server to take the message')
  }

  /** Undefined: go on writing. A promise: wait, the server is slower than we are; it also ends when the server speaks. */
  flow(): Promise<void> | undefined {
    if (!this.#socket.writableNeedDrain && this.#fault === null) return undefined
    return this.#until(
      () => (!this.#socket.writableNeedDrain && this.#fault === null) || !this.#reader.empty,
      this.hop.dataTimeoutMs,
      'the server to take the message',
    )
  }

  /** The next reply in turn. @throws Broken */
  async reply(what: string, timeoutMs = this.hop.commandTimeoutMs): Promise<ServerReply> {
    await this.#until(() => this.#reader.ready, timeoutMs, what)
    return this.#reader.take()!
  }

  async #hello(): Promise<void> {
    const { lmtp, heloName } = this.hop
    this.write([`${lmtp ? 'LHLO' : 'EHLO'} ${heloName}\r\n`])
    const reply = await this.reply('the answer to EHLO')
    if (reply.code === 250) {
      this.offered = readCapabilities(reply.lines)
      return
    }
    if (lmtp || reply.code < 500) throw new Broken('the server refused our greeting', reply)
    this.write([`HELO ${heloName}\r\n`])
    const plain = await this.reply('the answer to HELO')
    if (plain.code !== 250) throw new Broken('the server refused our greeting', plain)
    this.offered = readCapabilities([])
  }

  async #startTls(): Promise<void> {
    const { hop } = this
    const required = hop.tls === 'required'
    if (!this.offered.starttls) {
      if (required) throw new Broken('the server offers no STARTTLS, and the options require it')
      return
    }
    this.write(['STARTTLS\r\n'])
    const reply = await this.reply('the answer to STARTTLS')
    if (reply.code !== 220) {
      if (required) throw new Broken('the server refused STARTTLS, and the options require it', reply)
      return
    }
    // Whatever came in the clear behind this reply could have been put there by anybody (RFC 3207 §6, CVE-2011-0411).
    if (!this.#reader.empty) throw new TlsFailed('the server spoke in the clear after STARTTLS')
    await this.#handshake()
    await this.#hello()
  }

  async #handshake(): Promise<void> {
    const { hop } = this
    const plain = this.#socket
    for (const event of ['data', 'drain', 'connect', 'end', 'close']) plain.removeAllListeners(event)
    let secured = false
    const socket = tlsConnect({
      socket: plain,
      servername: isIP(hop.host) || hop.host.startsWith('/') ? undefined : hop.host,
      host: hop.host,
      rejectUnauthorized: hop.tls === 'required' && hop.tlsVerify,
      ca: hop.tlsAuthorities,
      minVersion: 'TLSv1.2',
    })
    this.#socket = socket
    this.#attach(socket)
    socket.on('secureConnect', () => {
      secured = true
      this.#stir()
    })
    try {
      await this.#until(() => secured, this.hop.commandTimeoutMs, 'the TLS handshake')
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      throw new TlsFailed(`TLS failed: ${error.message}`)
    }
    this.#reader = new ReplyReader()
    this.tls = `${socket.getProtocol() ?? 'TLS'} ${socket.getCipher().name}`
  }

  /** Ends politely, without waiting for the answer. */
  quit(): void {
    this.onBroken = null
    if (this.#fault) return
    this.#fault = new Broken('closed')
    const socket = this.#socket
    socket.end('QUIT\r\n')
    // The server has a moment to say goodbye; a reset would look like a fault in its log.
    setTimeout(() => socket.destroy(), 1000).unref()
  }
}
