/**
 * The reading threads: a question goes to the one with the least to do; another is started when all have something to
 * do. SQLite cannot be told to stop in the middle of a statement, so who asks one that takes too long is told so, and
 * another thread takes the place of the one that works on it, which ends when the statement does. What waited behind it
 * is asked again.
 */
import { Problem } from '../../problem.ts'
import type { Thread } from './thread.ts'

/** Threads that still work on what nobody waits for any more; above it a question is waited for. */
const givenUpLimit = 2
/** How many times within its time a question is looked at. */
const looks = 8

interface Question {
  op: string
  args: unknown
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

interface Place {
  thread: Thread
  /** In the order in which they are answered. */
  asked: Question[]
  /** Since when the first of them is worked on; infinity while the thread is being started. */
  since: number
}

export class Readers {
  readonly #start: () => Thread
  readonly #timeoutMs: number
  readonly #count: number
  readonly #places: Place[] = []
  readonly #looking: NodeJS.Timeout | undefined
  #givenUp = 0

  /** @param count threads, at most. @param timeoutMs 0: a question may take as long as it likes. */
  constructor(count: number, start: () => Thread, timeoutMs: number) {
    this.#start = start
    this.#timeoutMs = timeoutMs
    this.#count = count
    this.#add()
    if (timeoutMs > 0) this.#looking = setInterval(() => this.#look(), Math.max(1, timeoutMs / looks)).unref()
  }

  #add(): Place {
    const place: Place = { thread: this.#start(), asked: [], since: 0 }
    begin(place)
    this.#places.push(place)
    return place
  }

  /** The one with the least to do. */
  #place(): Place {
    const least = this.#places.reduce((one, other) => (other.asked.length < one.asked.length ? other : one))
    return least.asked.length > 0 && this.#places.length < this.#count ? this.#add() : least
  }

  ask<T>(op: string, args: unknown): Promise<T> {
    const place = this.#place()
    return new Promise<T>((resolve, reject) => {
      const question = { op, args, resolve: resolve as Question['resolve'], reject }
      if (place.asked.length === 0 && place.since < Number.POSITIVE_INFINITY) place.since = performance.now()
      place.asked.push(question)
      send(place, question)
    })
  }

  #look(): void {
    const before = performance.now() - this.#timeoutMs
    for (const place of this.#places) {
      const [first, ...waiting] = place.asked
      if (!first || place.since > before || this.#givenUp >= givenUpLimit) continue
      this.#givenUp++
      void place.thread.abandon().finally(() => this.#givenUp--)
      first.reject(
        new Problem(
          'unavailable',
          `A query took longer than ${this.#timeoutMs / 1000} seconds and was given up`,
          'Narrow what is asked for, or try again later.',
        ),
      )
      place.thread = this.#start()
      place.asked = waiting
      begin(place)
      for (const question of waiting) send(place, question)
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#looking)
    await Promise.all(this.#places.map(({ thread }) => thread.close()))
  }
}

function begin(place: Place): void {
  const { thread } = place
  place.since = Number.POSITIVE_INFINITY
  const ready = () => {
    if (place.thread === thread) place.since = performance.now()
  }
  thread.ask('ready', null).then(ready, ready) // one that failed fails what it is asked
}

function send(place: Place, question: Question): void {
  const { thread } = place
  const settle = (end: () => void) => {
    if (place.thread !== thread) return // it is asked again elsewhere, or was answered for
    place.asked.shift()
    place.since = performance.now()
    end()
  }
  thread.ask(question.op, question.args).then(
    (value) => settle(() => question.resolve(value)),
    (error: Error) => settle(() => question.reject(error)),
  )
}
