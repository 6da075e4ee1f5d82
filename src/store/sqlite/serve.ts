/** The other end of thread.ts: answers requests inside a SQLite thread, one after the other. */
import { parentPort } from 'node:worker_threads'
import type { ThreadReply } from './thread.ts'

export type Handlers = Record<string, (args: never) => unknown>

export function serve(handlers: Handlers): void {
  if (!parentPort) throw new Error('this module runs in a thread of the store')
  const port = parentPort
  port.on('message', ({ id, op, args }: { id: number; op: string; args: never }) => {
    const reply: ThreadReply = { id }
    try {
      const handler = handlers[op]
      if (!handler) throw new Error(`unknown request ${op}`)
      reply.value = handler(args)
    } catch (error) {
      const code = (error as { errcode?: unknown }).errcode
      reply.error = {
        message: error instanceof Error ? error.message : String(error),
        code: typeof code === 'number' ? code : null,
      }
    }
    port.postMessage(reply)
  })
}
