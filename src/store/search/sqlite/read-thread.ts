/**
 * The reading thread of the search index: answers searches and keeps the newest entries. Searches take turns of a few
 * milliseconds, so that none waits for a long one; one that takes longer than its deadline is given up.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { ThreadReply } from '../../sqlite/thread.ts'
import { execute } from './execute.ts'
import { Keeper, type KeeperOptions } from './keeper.ts'
import type { Answer, Question } from './question.ts'
import { type Flat, unflatten } from './transfer.ts'

export interface ReadThreadOptions extends KeeperOptions {
  deadlineMs: number
}

/** What a search is answered when its time was over. */
export type SearchReply = Answer | { overdue: true }

const turnMs = 4

interface Task {
  kept: Keeper
  steps: Generator<void, Answer>
  endsAt: number
  resolve: (reply: SearchReply) => void
  reject: (error: Error) => void
}

const options = workerData as ReadThreadOptions
if (!parentPort) throw new Error('this module runs in a thread of the store')
const port = parentPort
const tasks: Task[] = []
/** Of the writing thread; told with the next answer to `add` or `fill`. */
const failures: string[] = []
const failuresLimit = 10
let failed = Promise.withResolvers<void>()
const running = new Set<Promise<SearchReply>>()
let scheduled = false

const keeper = Keeper.open(
  options,
  async () => {
    await Promise.allSettled(running)
  },
  (error) => {
    if (failures.length < failuresLimit) failures.push(error.message)
    failed.resolve()
    failed = Promise.withResolvers()
  },
)
keeper.catch(() => {}) // whoever asks next is told

function search(kept: Keeper, question: Question): Promise<SearchReply> {
  const { promise, resolve, reject } = Promise.withResolvers<SearchReply>()
  tasks.push({
    kept,
    steps: execute(kept.parts(), question),
    endsAt: performance.now() + options.deadlineMs,
    resolve,
    reject,
  })
  running.add(promise)
  const ended = () => running.delete(promise)
  promise.then(ended, ended)
  turn()
  return promise
}

/** A turn for the first in line; after it, messages that came in are heard before the next turn. */
function turn(): void {
  if (scheduled) return
  const task = tasks.shift()
  if (!task) return
  if (!runFor(task)) tasks.push(task)
  if (tasks.length === 0) return
  scheduled = true
  setImmediate(() => {
    scheduled = false
    turn()
  })
}

/** True when it has ended, one way or another. */
function runFor(task: Task): boolean {
  try {
    return task.kept.together(() => advance(task))
  } catch (error) {
    task.reject(error instanceof Error ? error : new Error(String(error)))
    return true
  }
}

function advance(task: Task): boolean {
  const until = performance.now() + turnMs
  for (let now = performance.now(); now < until; now = performance.now()) {
    const step = task.steps.next()
    if (step.done) {
      task.resolve(step.value)
      return true
    }
    if (now > task.endsAt) {
      task.resolve({ overdue: true })
      return true
    }
  }
  return false
}

const handlers: Record<string, (kept: Keeper, args: never) => unknown> = {
  newest: (kept) => kept.newest,
  search: (kept, question: Question) => search(kept, question),
  /** Answers when there is room for more: with what has failed meanwhile. */
  add: async (kept, { flat, known }: { flat: Flat; known: boolean }): Promise<string[]> => {
    kept.add(unflatten(flat), known)
    await kept.room()
    return failures.splice(0)
  },
  /** The same for what is read from the main database: not taken before there is room, nor when something has failed. */
  fill: async (kept, flat: Flat): Promise<string[]> => {
    await Promise.race([kept.room(), failed.promise])
    if (failures.length === 0) kept.add(unflatten(flat), true)
    return failures.splice(0)
  },
  forget: (kept, ids: number[]) => kept.forget(ids),
  settle: (kept) => kept.settle(),
  close: (kept) => kept.close(),
}

const codeOf = (error: unknown): number | null => {
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  return typeof errcode === 'number' ? errcode : typeof code === 'number' ? code : null
}

port.on('message', async ({ id, op, args }: { id: number; op: string; args: never }) => {
  try {
    const handler = handlers[op]
    if (!handler) throw new Error(`unknown request ${op}`)
    port.postMessage({ id, value: await handler(await keeper, args) } satisfies ThreadReply)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    port.postMessage({ id, error: { message, code: codeOf(error) } } satisfies ThreadReply)
  }
})
