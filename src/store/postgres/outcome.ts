/**
 * What became of a transaction whose COMMIT was never answered, since the connection broke meanwhile. The server knows,
 * by the transaction's number; to guess would be to lose mail or to take it twice.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type pg from 'pg'

/** The server may be starting again meanwhile. */
const patienceMs = 15_000
const pauseMs = 100

/** Null when the server cannot be asked, or does not know any more. */
export async function wasCommitted(
  pool: pg.Pool,
  transaction: string,
  told: (error: Error) => void,
): Promise<boolean | null> {
  const until = performance.now() + patienceMs
  for (let pause = pauseMs; performance.now() < until; pause = Math.min(2 * pause, 2000)) {
    try {
      const { rows } = await pool.query<{ status: string | null }>('select pg_xact_status($1) as status', [
        transaction,
      ])
      const status = rows[0]?.status
      if (status !== 'in progress') return status === 'committed' ? true : status === 'aborted' ? false : null
    } catch (error) {
      told(error as Error)
    }
    await delay(pause)
  }
  return null
}
