/**
 * Open consoles: server-sent events (the WHATWG's event streams) that say what kinds of things have changed, at most one a
 * second. One look a second at the store serves all who listen, and nobody looks while nobody listens; it sees what other
 * processes did as well. A listener who does not read gets one event for all that he missed; who goes on not reading is
 * let go. A stream ends with the session or key that it was opened with.
 */

import type { Timer } from '../clock.ts'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { type ChangeMark, type Changes, changesSince, markAt } from '../store/changes.ts'
import { formatId } from '../store/ids.ts'
import { Shares } from './shares.ts'

export type Kind = 'held' | 'messages' | 'deliveries' | 'jobs' | 'areas' | 'requests'

export interface Listener {
  /** What they are counted by: a session, an address. */
  owner: string
  /** IP address. */
  origin: string
  /** No messages are named to it: to who sees only some of them. */
  hidesMessages?: boolean
  /** Whether it may still listen; asked again and again. */
  may(): Promise<boolean>
}

export interface Streams {
  /**
   * Tells what is committed after it resolves, and what was in the `recentMs` before: a page asks for what it shows
   * while its stream opens, and something may happen between the two.
   * @throws Problem 'too-many' when there are enough, 'unavailable' when we are stopping.
   */
  open(listener: Listener): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>
  /** Ends all of them, and opens none from now on. */
  end(): void
}

export const streamsAtOnce = 200
export const streamsPerOwner = 10
export const recentMs = 3000
const lookEveryMs = 1000
const beatEveryMs = 15_000
const messagesNamed = 100
const retryMs = 3000
const failuresToldEveryMs = 60_000

/** @param idleMs when a connection on which nothing moves is cut: beats come before. */
export function openStreams({ db, clock, events }: Context, idleMs: number): Streams {
  const beatMs = Math.min(beatEveryMs, Math.floor(idleMs / 3))
  const open = new Set<Stream>()
  const shares = new Shares()
  let timer: Timer | null = null
  let mark: ChangeMark | null = null
  let reloaded = false
  let ended = false
  let toldFailureAt = Number.NEGATIVE_INFINITY
  const failed = (error: unknown) => {
    const now = clock.now()
    if (Math.abs(now - toldFailureAt) < failuresToldEveryMs) return
    toldFailureAt = now
    events.tell({ kind: 'failure', where: 'events', error })
  }
  const deaf = events.listen(({ kind }) => {
    if (kind === 'config-reloaded') reloaded = true
  })

  const recentChanges = async (now: number) =>
    await changesSince(db.read, await markAt(db.read, now - recentMs), now)

  async function look(): Promise<void> {
    const now = clock.now()
    for (const stream of open) if (now >= stream.nextBeat) beat(stream, now)
    const changes = await (mark ? changesSince(db.read, mark, now) : recentChanges(now))
    mark = changes.mark
    const kinds = kindsOf({ ...changes, areas: changes.areas || reloaded })
    reloaded = false
    for (const stream of open) stream.tell(kinds, changes.messages)
  }

  function beat(stream: Stream, now: number): void {
    stream.nextBeat = now + beatMs
    if (!stream.beat()) return
    stream.listener.may().then(
      (allowed) => {
        if (!allowed) stream.close()
      },
      (error: unknown) => {
        failed(error)
        stream.close()
      },
    )
  }

  function forget(stream: Stream, giveBack: () => void): void {
    if (!open.delete(stream)) return
    giveBack()
    if (open.size > 0) return
    void timer?.[Symbol.asyncDispose]()
    timer = null
    mark = null
  }

  return {
    async open(listener) {
      if (ended)
        throw new Problem('unavailable', 'The server is stopping.', 'Try again shortly.', { retryAfterS: 5 })
      const own = [...open].filter((stream) => stream.listener.owner === listener.owner).length
      const giveBack = own < streamsPerOwner ? shares.take(listener.origin, streamsAtOnce) : null
      if (!giveBack)
        throw new Problem(
          'too-many',
          own < streamsPerOwner
            ? 'Too many are listening to events.'
            : `There are ${own} open streams of events already.`,
          'Close some of them, or ask again from time to time instead.',
          { retryAfterS: 30, limit: own < streamsPerOwner ? streamsAtOnce : streamsPerOwner },
        )
      const stream: Stream = new Stream(listener, clock.now() + beatMs, () => forget(stream, giveBack))
      // Before the look at what was: what a look of all finds meanwhile is not missed.
      open.add(stream)
      timer ??= clock.every(lookEveryMs, look, failed)
      try {
        const recent = await recentChanges(clock.now())
        stream.tell(kindsOf(recent), recent.messages)
        // The first look goes on from here; nobody may be there any more.
        if (open.has(stream)) mark ??= recent.mark
      } catch (error) {
        stream.close()
        throw error
      }
      return stream.readable
    },
    end() {
      ended = true
      deaf()
      for (const stream of open) stream.close()
    },
  }
}

function kindsOf(changes: Changes): Kind[] {
  const { held, deliveries, jobs, areas, requests, messages } = changes
  const what = { held, messages: messages?.length !== 0, deliveries, jobs, areas, requests }
  return (Object.keys(what) as Kind[]).filter((kind) => what[kind])
}

const encoder = new TextEncoder()

/** One listener. Nothing is queued for one that does not read: what happens is added up. */
class Stream {
  readonly listener: Listener
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>
  nextBeat: number
  readonly #gone: () => void
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>
  /** It has read everything and waits for more. */
  #wanted = false
  #closed = false
  /** Beats since it last read. */
  #unread = 0
  #kinds = new Set<Kind>()
  #messages: Set<number> | null = new Set()

  constructor(listener: Listener, nextBeat: number, gone: () => void) {
    this.listener = listener
    this.nextBeat = nextBeat
    this.#gone = gone
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller
          controller.enqueue(encoder.encode(`retry: ${retryMs}\n\n`))
        },
        pull: () => {
          this.#wanted = true
          this.#unread = 0
        },
        cancel: () => {
          this.#closed = true
          this.#gone()
        },
      },
      { highWaterMark: 0 },
    )
  }

  /** @param messages whose recipients changed; null: too many. */
  tell(kinds: readonly Kind[], messages: readonly number[] | null): void {
    for (const kind of kinds) this.#kinds.add(kind)
    if (messages === null || this.listener.hidesMessages) this.#messages = null
    else for (const id of messages) this.#messages?.add(id)
    if (this.#messages && this.#messages.size > messagesNamed) this.#messages = null
    if (!this.#wanted || this.#kinds.size === 0) return
    const data = { messages: [...(this.#messages ?? [])].map(formatId), what: [...this.#kinds] }
    this.#kinds = new Set()
    this.#messages = new Set()
    this.#send(`event: changed\ndata: ${JSON.stringify(data)}\n\n`)
  }

  /** False: it has not read for two beats, and was let go. */
  beat(): boolean {
    if (this.#wanted) this.#send(':\n\n')
    else if (++this.#unread >= 2) {
      this.close()
      return false
    }
    return true
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#gone()
    this.#controller.close()
  }

  #send(text: string): void {
    this.#wanted = false
    this.#controller.enqueue(encoder.encode(text))
  }
}
