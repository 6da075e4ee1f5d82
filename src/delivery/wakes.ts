/**
 * When the worker must look again, to the second: releases whose first attempt waits a little so that they can be undone.
 * One timer for all that come due in the same second, so there are never more than the longest wait has seconds. A wake
 * that is lost with its process costs nothing: the worker looks every some seconds anyway.
 */
import type { Clock, Timer } from '../clock.ts'

export class Wakes implements AsyncDisposable {
  readonly #clock: Clock
  readonly #wake: () => void
  readonly #timers = new Map<number, Timer>()

  constructor(clock: Clock, wake: () => void) {
    this.#clock = clock
    this.#wake = wake
  }

  add(inMs: number): void {
    const now = this.#clock.now()
    const second = Math.ceil((now + inMs) / 1000)
    if (this.#timers.has(second)) return
    const ring = async () => {
      const timer = this.#timers.get(second)
      this.#timers.delete(second)
      this.#wake()
      // Not awaited: it ends when this has.
      void timer?.[Symbol.asyncDispose]()
    }
    this.#timers.set(
      second,
      this.#clock.every(second * 1000 - now, ring, () => {}),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const timers = [...this.#timers.values()]
    this.#timers.clear()
    for (const timer of timers) await timer[Symbol.asyncDispose]()
  }
}
