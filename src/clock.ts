/**
 * The only place that reads the time. Everything else gets a Clock, so tests turn it by hand and nothing sleeps.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /**
   * Calls `task` after `delayMs`, then again `delayMs` after it has ended, until disposed. A rejected task goes to
   * `failed` and the timer goes on. `wake()` runs it at once (or right after the run under way).
   */
  every(delayMs: number, task: () => Promise<void>, failed: (error: unknown) => void): Timer
}

export interface Timer extends AsyncDisposable {
  wake(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  every(delayMs, task, failed) {
    let handle: NodeJS.Timeout | undefined
    let running: Promise<void> | undefined
    let again = false
    let ended = false
    const run = () => {
      clearTimeout(handle)
      if (ended) return
      if (running) {
        again = true
        return
      }
      running = task()
        .catch(failed)
        .finally(() => {
          running = undefined
          if (ended) return
          if (again) {
            again = false
            run()
          } else handle = setTimeout(run, delayMs).unref()
        })
    }
    handle = setTimeout(run, delayMs).unref()
    return {
      wake: run,
      async [Symbol.asyncDispose]() {
        ended = true
        clearTimeout(handle)
        await running
      },
    }
  },
}
