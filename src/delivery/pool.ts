/**
 * Kept-open connections to one next hop: at most `connections` at a time, each closed when it has been idle for long or
 * has carried its share. Who finds all of them busy waits in line; when no connection can be made at all, everybody who
 * waits is told so at once instead of one after the other.
 */
import { Broken, Connection, type Hop } from './connection.ts'
import type { Transaction } from './transaction.ts'

export interface PoolLimits {
  connections: number
  idleTimeoutMs: number
  /** Mails over one connection before it is closed and made anew. */
  mailsPerConnection: number
  waitingLimit: number
}

interface Waiting {
  /** Gave up waiting. */
  stopped: boolean
  resolve(connection: Connection): void
  reject(error: Broken): void
}

interface Idle {
  connection: Connection
  timer: NodeJS.Timeout
}

export class Pool implements AsyncDisposable {
  readonly #hop: Hop
  readonly #limits: PoolLimits
  /** Last in, first out: what is not needed gets old and closes. */
  readonly #idle: Idle[] = []
  readonly #busy = new Set<Connection>()
  readonly #waiting = new Set<Waiting>()
  #opening = 0
  #ended: (() => void) | null = null
  readonly #stop = new AbortController()

  constructor(hop: Hop, limits: PoolLimits) {
    this.#hop = hop
    this.#limits = limits
  }

  get #closing(): boolean {
    return this.#stop.signal.aborted
  }

  /** A connection for one mail; give it back with `giveBack`. @throws Broken */
  async take(signal: AbortSignal, fresh = false): Promise<Connection> {
    if (this.#closing) throw new Broken('stopping')
    if (fresh) this.#closeIdle() // the server has dropped one: the others are hardly any better
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      clearTimeout(idle.timer)
      idle.connection.onBroken = null
      if (idle.connection.usable) {
        this.#busy.add(idle.connection)
        return idle.connection
      }
      idle.connection.break('spoke without being asked')
    }
    if (this.#busy.size + this.#opening < this.#limits.connections) return await this.#open(signal)
    return await this.#queue(signal)
  }

  async #open(signal: AbortSignal): Promise<Connection> {
    this.#opening++
    let failure: Broken
    try {
      const connection = await Connection.open(this.#hop, AbortSignal.any([signal, this.#stop.signal]))
      this.#busy.add(connection)
      return connection
    } catch (error) {
      if (!(error instanceof Broken)) throw error
      failure = error
    } finally {
      this.#opening--
      this.#tellEnded()
    }
    // The server may only be at its own limit: then those that work are enough.
    if (this.#busy.size > 0 && !signal.aborted && !this.#closing) return await this.#queue(signal)
    if (!signal.aborted) this.#failWaiting(failure)
    throw failure
  }

  async #queue(signal: AbortSignal): Promise<Connection> {
    if (this.#waiting.size >= this.#limits.waitingLimit)
      throw new Broken('too many mails wait for the next hop')
    const { promise, resolve, reject } = Promise.withResolvers<Connection>()
    const waiting: Waiting = { stopped: false, resolve, reject }
    const stop = () => {
      waiting.stopped = true
      this.#waiting.delete(waiting)
      reject(new Broken('stopped'))
    }
    this.#waiting.add(waiting)
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  #failWaiting(error: Broken): void {
    for (const waiting of this.#waiting) waiting.reject(error)
    this.#waiting.clear()
  }

  giveBack(connection: Connection, left: Transaction['left']): void {
    if (left === 'reset') {
      this.#reset(connection)
      return
    }
    const worn = connection.mails >= this.#limits.mailsPerConnection || this.#closing
    if (left === 'ready' && !worn && connection.usable) {
      const [next] = this.#waiting
      if (next) {
        this.#waiting.delete(next)
        next.resolve(connection)
        return
      }
      this.#busy.delete(connection)
      this.#keep(connection)
    } else {
      this.#busy.delete(connection)
      connection.quit()
      this.#replace()
    }
    this.#tellEnded()
  }

  /** After a refusal the server forgets what it has of the mail (RFC 5321 §4.1.1.5) before the next one begins. */
  #reset(connection: Connection): void {
    const done = async () => {
      connection.write(['RSET\r\n'])
      return (await connection.reply('the answer to RSET')).code === 250
    }
    done().then(
      (fine) => this.giveBack(connection, fine ? 'ready' : 'spent'),
      (error) => {
        this.giveBack(connection, 'spent')
        if (!(error instanceof Broken)) throw error
      },
    )
  }

  #keep(connection: Connection): void {
    const drop = () => {
      clearTimeout(timer)
      const at = this.#idle.findIndex((idle) => idle.connection === connection)
      if (at >= 0) this.#idle.splice(at, 1)
      connection.quit()
    }
    const timer = setTimeout(drop, this.#limits.idleTimeoutMs).unref()
    connection.onBroken = drop
    this.#idle.push({ connection, timer })
  }

  /** A place is free: the first who waits gets a connection of its own. */
  #replace(): void {
    const [next] = this.#waiting
    if (!next || this.#closing) return
    this.#waiting.delete(next)
    this.#open(this.#stop.signal).then((connection) => {
      if (next.stopped) this.giveBack(connection, 'ready')
      else next.resolve(connection)
    }, next.reject)
  }

  #closeIdle(): void {
    for (const { connection, timer } of this.#idle.splice(0)) {
      clearTimeout(timer)
      connection.quit()
    }
  }

  #tellEnded(): void {
    if (this.#busy.size === 0 && this.#opening === 0) this.#ended?.()
  }

  /** Closes what is idle or not open yet; mails under way end as they end, for at most five seconds. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    this.#failWaiting(new Broken('stopping'))
    this.#closeIdle()
    if (this.#busy.size === 0 && this.#opening === 0) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#ended = resolve
    const timer = setTimeout(() => {
      for (const connection of this.#busy) connection.break('stopping')
    }, 5000)
    await promise
    clearTimeout(timer)
  }
}
