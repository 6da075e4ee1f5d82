/**
 * Slows guessing of passwords down: after some failures within a window, by name or by address, further attempts are
 * refused until the oldest failure has left the window. In memory and bounded; a restart forgives. An attempt counts as
 * failed from its beginning, so that guesses made at the same time count too.
 */
import type { Clock } from '../clock.ts'

export interface ThrottleLimits {
  /** Within the window, before a key with no limit of its own is refused. */
  failures: number
  windowMs: number
}

/** What failures are counted for: a name, an address. */
export interface ThrottleKey {
  key: string
  failures?: number
}

/** Names and addresses remembered at most; the one unused longest is forgotten first. */
const keysLimit = 20_000

export interface Attempt {
  /**
   * The attempt was right: it does not count, and what was counted for `forgive` is forgotten. Not for the others: who
   * has an account of his own could otherwise guess at another one for ever.
   */
  succeeded(forgive: string): void
  /** It came to nothing (an error of ours): it does not count. */
  withdrawn(): void
}

export class Throttle {
  readonly #clock: Clock
  readonly #limits: ThrottleLimits
  /** Times of failures, oldest first. */
  readonly #failures = new Map<string, number[]>()

  constructor(clock: Clock, limits: ThrottleLimits) {
    this.#clock = clock
    this.#limits = limits
  }

  /** Begins an attempt, or says how many milliseconds to wait. */
  begin(counted: readonly ThrottleKey[]): Attempt | number {
    const now = this.#clock.now()
    const since = now - this.#limits.windowMs
    let waitMs = 0
    for (const { key, failures = this.#limits.failures } of counted) {
      const times = (this.#failures.get(key) ?? []).filter((at) => at > since)
      const first = times.at(-failures)
      if (first !== undefined) waitMs = Math.max(waitMs, first - since)
    }
    if (waitMs > 0) return waitMs
    const keys = counted.map(({ key }) => key)
    for (const key of keys) this.#note(key, now, since)
    const withdrawn = () => {
      for (const key of keys) this.#forget(key, now)
    }
    return {
      withdrawn,
      succeeded: (forgive) => {
        withdrawn()
        this.#failures.delete(forgive)
      },
    }
  }

  #note(key: string, now: number, since: number): void {
    const times = (this.#failures.get(key) ?? []).filter((at) => at > since)
    times.push(now)
    this.#failures.delete(key) // it becomes the youngest
    this.#failures.set(key, times)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > keysLimit && oldest !== undefined) this.#failures.delete(oldest)
  }

  #forget(key: string, at: number): void {
    const times = this.#failures.get(key)
    const index = times?.indexOf(at) ?? -1
    if (times && index >= 0) times.splice(index, 1)
    if (times?.length === 0) this.#failures.delete(key)
  }
}

/** One key a network: whoever has an IPv6 address has 2^64 of them. */
export function addressNetwork(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail = ''] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0')
  const groups = plain.includes('::') ? [...left, ...zeros, ...right] : left
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
