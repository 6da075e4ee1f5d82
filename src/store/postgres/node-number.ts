/**
 * A number from 0 to 15 that no other process on this database has, for its ids. It is held by a lock of a session of
 * its own, so it ends with the process; when the session breaks, the same number is taken again at once.
 */
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { Problem } from '../../problem.ts'
import { configOf, type PostgresOptions } from './connect.ts'

const numbers = 16
/** First key of the advisory locks of this program. */
const lockSpace = 7245
const againAfterMs = 1000

export interface NodeNumber extends AsyncDisposable {
  readonly number: number
}

/** @throws Problem when all are taken. */
export async function takeNodeNumber(options: PostgresOptions): Promise<NodeNumber> {
  const session = await connect(options)
  for (let number = 0; number < numbers; number++)
    if (await lock(session, number)) return new Held(number, session, options)
  await session.end()
  throw new Problem('unavailable', 'Sixteen processes use this database already', 'Stop one of them first.')
}

class Held implements NodeNumber {
  readonly number: number
  readonly #options: PostgresOptions
  readonly #closing = new AbortController()
  #session: pg.Client | undefined
  #takingAgain: Promise<void> | undefined

  constructor(number: number, session: pg.Client, options: PostgresOptions) {
    this.number = number
    this.#options = options
    this.#hold(session)
  }

  #hold(session: pg.Client): void {
    this.#session = session
    session.on('end', () => {
      if (!this.#closing.signal.aborted) this.#takingAgain = this.#takeAgain()
    })
  }

  /** If another process had the number meanwhile, ids of both could meet: then one of two commits fails, no more. */
  async #takeAgain(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      try {
        const session = await connect(this.#options)
        if (!signal.aborted && (await lock(session, this.number))) return this.#hold(session)
        await session.end()
        if (!signal.aborted)
          throw new Error(`another process has taken the node number ${this.number} of this one`)
      } catch (error) {
        this.#options.failed(error as Error)
        await delay(againAfterMs, undefined, { signal }).catch(() => undefined) // closed
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    await this.#takingAgain
    await this.#session?.end()
  }
}

async function connect(options: PostgresOptions): Promise<pg.Client> {
  const session = new pg.Client(configOf(options))
  session.on('error', options.failed)
  try {
    await session.connect()
  } catch (error) {
    await session.end()
    throw error
  }
  return session
}

async function lock(session: pg.Client, number: number): Promise<boolean> {
  const { rows } = await session.query<{ free: boolean }>('select pg_try_advisory_lock($1, $2) as free', [
    lockSpace,
    number,
  ])
  return rows[0]?.free === true
}
