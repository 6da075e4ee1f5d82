/** The other end of thread.ts: answers requests inside a SQLite thread, one after the other. */
import { parentPort } from 'node:worker_threads'
import type { ThreadReply } from './thread.ts'

export type Handlers = Record<string, (args: never) => unknown>

/** An answer whose buffers are given away, not copied. */
export class Giving {
  readonly value: unknown
  readonly buffers: ArrayBuffer[]
  constructor(value: unknown, buffers: ArrayBuffer[]) {
    this.value = value
    this.buffers = buffers
  }
}

export function serve(handlers: Handlers): void {
  if (!parentPort) throw new Error('this module runs in a thread of the store')
  const port = parentPort
  port.on('message', ({ id, op, args }: { id: number; op: string; args: never }) => {
    const reply: ThreadReply = { id }
    let buffers: ArrayBuffer[] = []
    try {
      const handler = handlers[op]
      if (!handler) throw new Error(`unknown request ${op}`)
      const value = handler(args)
      if (value instanceof Giving) buffers = value.buffers
      reply.value = value instanceof Giving ? value.value : value
    } catch (error) {
      const code = (error as { errcode?: unknown }).errcode
      reply.error = {
        message: error instanceof Error ? error.message : String(error),
        code: typeof code === 'number' ? code : null,
      }
    }
    port.postMessage(reply, buffers)
  })
}
