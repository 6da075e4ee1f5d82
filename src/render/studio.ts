/**
 * Looks into messages in threads of its own: a few, started when the first message is asked for and ended when there was
 * nothing to do for a while. A message that takes too much time or memory ends its thread, and the answer says so.
 */
import { Worker } from 'node:worker_threads'
import { Problem } from '../problem.ts'
import type { Content } from './content.ts'
import { lookedAtBytes } from './limits.ts'
import type { Order, Reply } from './orders.ts'
import { type Theme, wholePage } from './page.ts'

export interface StudioLimits {
  threads: number
  /** Time that a thread may spend on one message. */
  budgetMs: number
  memoryMb: number
  /** Without anything to do a thread ends. */
  idleMs: number
  /** Messages that wait for a thread. */
  waiting: number
}

export const studioLimits: StudioLimits = {
  threads: 2,
  budgetMs: 2000,
  memoryMb: 256,
  idleMs: 30_000,
  waiting: 50,
}

export interface Studio extends AsyncDisposable {
  content(bytes: AsyncIterable<Uint8Array>): Promise<Content>
  /** A whole HTML document. */
  page(bytes: AsyncIterable<Uint8Array>, theme: Theme): Promise<string>
  /** Threads that there are. */
  readonly threads: number
}

/** Why nothing can be shown. */
class GaveUp extends Error {
  override readonly name = 'GaveUp'
}

export function openStudio(given: Partial<StudioLimits> = {}): Studio {
  const limits = { ...studioLimits, ...given }
  const all = new Set<Easel>()
  const free: Easel[] = []
  const waiting: (() => void)[] = []

  async function take(): Promise<Easel> {
    for (;;) {
      const easel = free.pop()
      if (easel) return easel
      if (all.size < limits.threads) return add()
      if (waiting.length >= limits.waiting)
        throw new Problem('unavailable', 'Too many messages are being looked into.', 'Try again shortly.', {
          retryAfterS: 2,
        })
      const turn = Promise.withResolvers<void>()
      waiting.push(turn.resolve)
      await turn.promise
    }
  }

  function add(): Easel {
    const easel = new Easel(limits, () => {
      all.delete(easel)
      const at = free.indexOf(easel)
      if (at >= 0) free.splice(at, 1)
      waiting.shift()?.()
    })
    all.add(easel)
    return easel
  }

  async function look(
    bytes: AsyncIterable<Uint8Array>,
    last: (isCut: boolean) => Order,
  ): Promise<Reply['value']> {
    const easel = await take()
    try {
      return await easel.look(bytes, last)
    } finally {
      if (!easel.isOver) {
        free.push(easel)
        waiting.shift()?.()
      }
    }
  }

  return {
    async content(bytes) {
      try {
        return (await look(bytes, (isCut) => ({ kind: 'content', isCut }))) as Content
      } catch (error) {
        if (error instanceof GaveUp) return unreadable(error.message)
        throw error
      }
    },
    async page(bytes, theme) {
      try {
        return (await look(bytes, (isCut) => ({ kind: 'page', isCut, theme }))) as string
      } catch (error) {
        if (error instanceof GaveUp) return wholePage([], { theme, told: [error.message] })
        throw error
      }
    },
    get threads() {
      return all.size
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...all].map((easel) => easel.end()))
    },
  }
}

export const unreadable = (problem: string): Content => ({
  text: '',
  textIsFrom: 'none',
  textIsCut: false,
  hasHtml: false,
  links: [],
  remoteContent: 0,
  parts: [],
  problem,
})

/** One thread. */
class Easel {
  readonly #worker: Worker
  readonly #limits: StudioLimits
  readonly #ready: Promise<Reply>
  #waiting: PromiseWithResolvers<Reply> | null
  #idle: NodeJS.Timeout | undefined
  #ended: Error | null = null

  constructor(limits: StudioLimits, gone: () => void) {
    this.#limits = limits
    this.#waiting = Promise.withResolvers()
    this.#ready = this.#waiting.promise
    this.#worker = new Worker(new URL('./render-thread.ts', import.meta.url), {
      name: 'render',
      resourceLimits: { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: limits.memoryMb },
    })
    // A thread that only waits keeps no process alive.
    this.#worker.unref()
    this.#worker.on('message', (reply: Reply) => {
      const waiting = this.#waiting
      this.#waiting = null
      waiting?.resolve(reply)
    })
    this.#worker.on('error', (error) => {
      const isMemory = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
      this.#fail(
        isMemory
          ? new GaveUp(
              `Showing this message needs more than ${limits.memoryMb} MB of memory. Its source can be read.`,
            )
          : error instanceof Error
            ? error
            : new Error(String(error)),
      )
    })
    this.#worker.on('exit', () => {
      clearTimeout(this.#idle)
      this.#fail(new Error('the thread that looks into messages has ended'))
      gone()
    })
  }

  #fail(error: Error): void {
    this.#ended ??= error
    this.#waiting?.reject(this.#ended)
    this.#waiting = null
  }

  async look(bytes: AsyncIterable<Uint8Array>, last: (isCut: boolean) => Order): Promise<Reply['value']> {
    clearTimeout(this.#idle)
    this.#worker.ref()
    let left = this.#limits.budgetMs
    const ask = async (order: Order): Promise<Reply['value']> => {
      const begun = performance.now()
      const value = await this.#ask(order, left)
      left -= performance.now() - begun
      return value
    }
    try {
      await this.#ready // starting takes none of the message's time
      await ask({ kind: 'begin' })
      let room = lookedAtBytes
      let isCut = false
      for await (const piece of bytes) {
        isCut = piece.length > room
        if (room > 0) await ask({ kind: 'bytes', bytes: piece.subarray(0, room) })
        room = Math.max(0, room - piece.length)
        if (isCut) break
      }
      return await ask(last(isCut))
    } finally {
      this.#worker.unref()
      this.#idle = setTimeout(() => void this.end(), this.#limits.idleMs).unref()
    }
  }

  async #ask(order: Order, budgetMs: number): Promise<Reply['value']> {
    if (this.#ended) throw this.#ended
    const answer = Promise.withResolvers<Reply>()
    this.#waiting = answer
    const seconds = this.#limits.budgetMs / 1000
    const timer = setTimeout(
      () => {
        this.#fail(
          new GaveUp(
            `Showing this message takes longer than ${seconds} seconds, so it was given up. Its source can be read.`,
          ),
        )
        void this.end()
      },
      Math.max(0, budgetMs),
    )
    try {
      this.#worker.postMessage(order)
      const { value, error } = await answer.promise
      if (error !== undefined) throw new Error(error)
      return value
    } finally {
      clearTimeout(timer)
    }
  }

  get isOver(): boolean {
    return this.#ended !== null
  }

  async end(): Promise<void> {
    this.#ended ??= new Error('the thread that looks into messages was ended')
    await this.#worker.terminate()
  }
}
