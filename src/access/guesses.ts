/**
 * Attempts at a name and its password, from an address, slowed down where they fail. Where somebody has signed in
 * before, failures made elsewhere do not lock him out; and nobody is locked out everywhere by failures from one address.
 */
import type { Clock } from '../clock.ts'
import { Problem } from '../problem.ts'
import { addressNetwork, Throttle } from './throttle.ts'

/** From everywhere together a name may be guessed at so many times as often as from one address. */
const guessersPerName = 5
/** Pairs of name and network remembered. */
const familiarLimit = 10_000

export interface Guess {
  succeeded(): void
  /** It came to nothing (an error of ours, half a proof): it does not count. */
  withdrawn(): void
}

export interface GuessLimits {
  sign_in_failures: number
  sign_in_window_minutes: number
}

/** @param limits what they are now holds as long as this lives. */
export function openGuesses(clock: Clock, limits: GuessLimits) {
  const failures = limits.sign_in_failures
  const throttle = new Throttle(clock, { failures, windowMs: limits.sign_in_window_minutes * 60_000 })
  const familiar = new Set<string>()
  return {
    /** Begins an attempt, or says how many milliseconds to wait. */
    begin(name: string, origin: string): Guess | number {
      const network = addressNetwork(origin)
      const pair = `name ${name} from ${network}`
      const nameKey = familiar.has(pair) ? pair : `name ${name}`
      const attempt = throttle.begin([
        { key: nameKey, failures: guessersPerName * failures },
        { key: `from ${network}` },
      ])
      if (typeof attempt === 'number') return attempt
      return {
        succeeded() {
          attempt.succeeded(nameKey)
          if (familiar.size < familiarLimit) familiar.add(pair)
        },
        withdrawn: () => attempt.withdrawn(),
      }
    },
  }
}

/** What comes of an attempt that ends in an error is not counted. */
export async function withdrawnOnError<T>(guess: Guess, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    guess.withdrawn()
    throw error
  }
}

export function tooMany(
  waitMs: number,
  title = 'Too many wrong passwords or codes for this account or from this address.',
): Problem {
  const retryAfterS = Math.ceil(waitMs / 1000)
  return new Problem('too-many', title, `Try again in ${Math.ceil(retryAfterS / 60)} minutes.`, {
    retryAfterS,
  })
}
