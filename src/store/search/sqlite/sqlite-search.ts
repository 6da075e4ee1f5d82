/**
 * The search index beside SQLite, as the main thread sees it. Entries go to the reading thread a few milliseconds after
 * their commit, or before the next search. At a start, and when a thread of the index dies or search.db is found
 * damaged, what the index lacks is read from the main database; while much is lacking, searches are refused rather than
 * answered without it.
 */
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Events } from '../../../events.ts'
import { Problem } from '../../../problem.ts'
import type { Engine } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import { Thread } from '../../sqlite/thread.ts'
import {
  type Entry,
  type Filter,
  type SearchIndex,
  type SearchRequest,
  type SearchResult,
  totalCap,
} from '../index.ts'
import { resolveLabels } from '../labels.ts'
import { clean } from '../pattern.ts'
import { entriesAfter } from './catch-up.ts'
import { columns } from './layout.ts'
import type { Question, TextCriterion } from './question.ts'
import type { ReadThreadOptions, SearchReply } from './read-thread.ts'
import { flatten, tidied } from './transfer.ts'

/** Entries on their way wait this long for company. */
const gatherMs = 10
/** Above this many entries that the reading thread has not taken, who adds waits. */
const untakenLimit = 5000
/** Read again at a start: what was committed shortly before the newest entry may have missed its segment. */
const marginMs = 10_000
const restartAfterMs = 1000
const forgetAtOnce = 10_000

export class SqliteSearch implements SearchIndex {
  readonly #engine: Engine
  readonly #options: ReadThreadOptions
  readonly #events: Events
  #thread: Thread | undefined
  #ready: Promise<void> = Promise.resolve()
  /** Null when everything is in the index; else what has been read of it. */
  #catchingUp: { read: number } | null = null
  /** While catching up, entries that are added are read from the database: kept only from the last reading on. */
  #keep = true
  #waiting: Entry[] = []
  #gathering: NodeJS.Timeout | undefined
  #untaken = 0
  #taken: Promise<void> = Promise.resolve()
  #closed = false

  /** Waits at most `startWaitMs` for the index to have everything; until it has, searches are refused. */
  static async open(
    engine: Engine,
    options: ReadThreadOptions,
    events: Events,
    startWaitMs: number,
  ): Promise<SqliteSearch> {
    const search = new SqliteSearch(engine, options, events)
    search.#start()
    await Promise.race([search.#ready, delay(startWaitMs, undefined, { ref: false })])
    return search
  }

  private constructor(engine: Engine, options: ReadThreadOptions, events: Events) {
    this.#engine = engine
    this.#options = options
    this.#events = events
  }

  inserts(): [] {
    return []
  }

  added(entries: Entry[]): Promise<void> | undefined {
    if (!this.#keep || this.#closed) return undefined
    for (const entry of entries) this.#waiting.push(tidied(entry))
    this.#gathering ??= setTimeout(() => this.#pass(), gatherMs)
    return this.#untaken + this.#waiting.length > untakenLimit ? this.#taken : undefined
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    if (this.#catchingUp)
      throw new Problem(
        'unavailable',
        `The search index is being built: ${this.#catchingUp.read} messages so far`,
        'Try again in a little while.',
        { read: this.#catchingUp.read },
      )
    const question = await this.#questionOf(request)
    if (!question) return { ids: [], total: 0, totalIsExact: true, next: null }
    this.#pass()
    const reply = await this.#ask<SearchReply>('search', question)
    if ('overdue' in reply)
      throw new Problem(
        'unavailable',
        `The search took longer than ${this.#options.deadlineMs} ms`,
        'Narrow the search: a longer part of the value, or a range of dates.',
      )
    return reply
  }

  async forget(ids: number[]): Promise<void> {
    this.#pass()
    for (let at = 0; at < ids.length; at += forgetAtOnce) {
      const some = ids.slice(at, at + forgetAtOnce)
      await this.#ask('forget', some)
      await this.#engine.transaction(async (tx) => {
        for (const id of some) await tx.run('delete from forgotten where id = $1', [id])
      })
    }
  }

  async settle(): Promise<void> {
    await this.#ready
    this.#pass()
    await this.#ask('settle', null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    clearTimeout(this.#gathering)
    await this.#thread?.close()
    await this.#ready
  }

  async #questionOf({
    filter,
    sort,
    order,
    limit,
    offset = 0,
    after,
  }: SearchRequest): Promise<Question | null> {
    const labels = await resolveLabels(this.#engine, filter)
    if (!labels) return null
    return {
      fromId: filter.from === undefined ? 0 : idAt(filter.from),
      toId: filter.to === undefined ? Number.MAX_SAFE_INTEGER : idAt(filter.to),
      labels,
      texts: textsOf(filter),
      state: filter.state,
      sort,
      order,
      limit,
      offset,
      after,
      totalCap,
    }
  }

  /** Hands what is waiting to the reading thread. */
  #pass(known = false): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    if (this.#waiting.length === 0) return
    const entries = this.#waiting
    this.#waiting = []
    this.#untaken += entries.length
    const thread = this.#thread
    const taken = this.#ask<string[]>('add', { flat: flatten(entries), known })
      .then((failures) => {
        for (const message of failures) this.#tell(new Error(`search index: ${message}`))
        if (thread && thread === this.#thread && failures.some((message) => damage.test(message)))
          return this.#rebuild(thread)
      })
      // The thread is gone: what it did not take is read from the database when it has been started again.
      .catch((error: Error) => this.#tell(error))
      .finally(() => {
        this.#untaken -= entries.length
      })
    this.#taken = taken
  }

  async #ask<T>(op: string, args: unknown): Promise<T> {
    const thread = this.#thread
    if (!thread)
      throw new Problem('unavailable', 'The search index is being started', 'Try again in a moment.')
    try {
      return await thread.ask<T>(op, args)
    } catch (error) {
      if (isDamage(error) && this.#thread === thread) await this.#rebuild(thread)
      throw error
    }
  }

  /** search.db is damaged: it is thrown away, and made anew from the main database. */
  async #rebuild(thread: Thread): Promise<void> {
    this.#thread = undefined
    this.#catchingUp = { read: 0 }
    this.#tell(new Error('search.db is damaged and is built anew'))
    await thread.close().catch((error: Error) => this.#tell(error))
    for (const suffix of ['', '-wal', '-shm']) await rm(this.#options.file + suffix, { force: true })
    this.#start()
  }

  #start(): void {
    this.#catchingUp = { read: 0 }
    this.#keep = false
    this.#waiting = []
    this.#ready = this.#catchUp().catch(async (error: Error) => {
      if (this.#closed) return
      this.#tell(error)
      await delay(restartAfterMs, undefined, { ref: false })
      if (!this.#closed) this.#start()
    })
  }

  async #catchUp(): Promise<void> {
    const thread = this.#startThread()
    const known = await thread.ask<{ id: number; aliveId: number }>('newest', null)
    if (!(await this.#isOurs(known.aliveId))) {
      await this.#rebuild(thread)
      return this.#ready
    }
    await this.#forgetListed()
    let last = Math.max(0, known.id - (idAt(marginMs) - idAt(0)))
    last = await this.#readAfter(thread, last)
    this.#keep = true // what is committed from now on comes by itself; what was committed before is read now
    await this.#readAfter(thread, Math.max(0, last - (idAt(marginMs) - idAt(0))))
    this.#pass(true)
    this.#catchingUp = null
  }

  #startThread(): Thread {
    const thread = new Thread(new URL('./read-thread.ts', import.meta.url), this.#options, (error) => {
      if (this.#closed || this.#thread !== thread) return
      this.#tell(error)
      this.#thread = undefined
      this.#start()
    })
    this.#thread = thread
    return thread
  }

  async #readAfter(thread: Thread, afterId: number): Promise<number> {
    let last = afterId
    for await (const entries of entriesAfter(this.#engine, afterId)) {
      await thread.ask('add', { flat: flatten(entries.map(tidied)), known: true })
      last = entries.at(-1)?.id ?? last
      if (this.#catchingUp) this.#catchingUp.read += entries.length
    }
    return last
  }

  /** Not so when one of the two files was put back from a backup without the other. */
  async #isOurs(aliveId: number): Promise<boolean> {
    if (aliveId === 0) return true
    const rows = await this.#engine.all(
      'select id from messages where id = $1 union all select id from forgotten where id = $1',
      [aliveId],
    )
    return rows.length > 0
  }

  async #forgetListed(): Promise<void> {
    const listed = await this.#engine.all<{ id: number }>('select id from forgotten')
    if (listed.length > 0) await this.forget(listed.map(({ id }) => id))
  }

  #tell(error: Error): void {
    if (!this.#closed) this.#events.tell({ kind: 'failure', where: 'search index', error })
  }
}

const textColumns = [
  ['sender', columns.sender],
  ['subject', columns.subject],
  ['recipient', columns.recipients],
  ['attachment', columns.attachments],
  ['messageId', columns.messageId],
] as const

function textsOf(filter: Filter): TextCriterion[] {
  return textColumns.flatMap(([name, column]) => {
    const pattern = filter[name]
    return pattern ? [{ column, pattern: clean(pattern) }] : []
  })
}

/** SQLite's words for SQLITE_CORRUPT and SQLITE_NOTADB, or our own for a page that is not there. */
const damage = /malformed|not a database|^search index: /
const isDamage = (error: unknown): boolean => error instanceof Error && damage.test(error.message)
