/**
 * The search index beside SQLite, as the main thread sees it. Entries go to the reading thread a few milliseconds after
 * their commit, or before the next search. At a start, when a thread of the index dies or does not keep up, and when
 * search.db is found damaged, what the index lacks is read from the main database; while much is lacking, searches are
 * refused rather than answered without it. Mail never waits for the index for long.
 */
import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Events } from '../../../events.ts'
import { Problem } from '../../../problem.ts'
import type { Engine } from '../../engine.ts'
import { idAt } from '../../ids.ts'
import { Thread } from '../../sqlite/thread.ts'
import type { Entry, SearchIndex, SearchRequest, SearchResult } from '../index.ts'
import { belongTogether, entriesAfter } from './catch-up.ts'
import type { ReadThreadOptions, SearchReply } from './read-thread.ts'
import { questionOf } from './resolve.ts'
import { charsOf, flatten, tidied } from './transfer.ts'

export interface SqliteSearchOptions extends ReadThreadOptions {
  /** How long opening waits for the index to have everything before it goes on without. */
  startWaitMs: number
  /** How long mail waits for an index that has too much to do. */
  patienceMs: number
  /** What is on its way to the reading thread, at most, before mail has to wait. */
  untakenRows: number
  untakenChars: number
}

/** Entries on their way wait this long for company. */
const gatherMs = 10
/** Read again at a start: what was committed shortly before the newest entry may have missed its segment. */
const marginIds = idAt(10_000) - idAt(0)
const restartAfterMs = 500
const hopelessAttempts = 3
const forgetAtOnce = 10_000

export class SqliteSearch implements SearchIndex {
  readonly #engine: Engine
  readonly #options: SqliteSearchOptions
  readonly #events: Events
  readonly #closing = new AbortController()
  #thread: Thread | undefined
  /** Resolves when the index has everything, or is closed. */
  #ready: Promise<void> = Promise.resolve()
  /** Null when everything is in the index; else what has been read of it. */
  #catchingUp: { read: number } | null = null
  /** Rejects when bringing it up to date has failed some times: it is tried on, but not waited for. */
  #hopeless = Promise.withResolvers<never>()
  /** Entries up to this id may have been read from the main database: they are not added twice. */
  #readTo = 0
  /** While catching up, entries that are added are read from the database: kept only from the last reading on. */
  #keep = true
  #waiting: Entry[] = []
  #gathering: NodeJS.Timeout | undefined
  #untakenRows = 0
  #untakenChars = 0
  #taken: Promise<void> = Promise.resolve()
  #waitingForRoom: Promise<void> | undefined

  static async open(engine: Engine, options: SqliteSearchOptions, events: Events): Promise<SqliteSearch> {
    const search = new SqliteSearch(engine, options, events)
    search.#begin(undefined, false)
    await Promise.race([search.#ready, delay(options.startWaitMs, undefined, { ref: false })])
    return search
  }

  private constructor(engine: Engine, options: SqliteSearchOptions, events: Events) {
    this.#engine = engine
    this.#options = options
    this.#events = events
  }

  inserts(): [] {
    return []
  }

  added(entries: Entry[]): Promise<void> | undefined {
    if (!this.#keep || this.#isClosed) return undefined
    const given = entries.map(tidied)
    this.#waiting.push(...given)
    this.#count(given, 1)
    this.#gathering ??= setTimeout(() => this.#pass(), gatherMs)
    const { untakenRows, untakenChars } = this.#options
    if (this.#untakenRows <= untakenRows && this.#untakenChars <= untakenChars) return undefined
    this.#waitingForRoom ??= this.#waitForRoom()
    return this.#waitingForRoom
  }

  async search(request: SearchRequest): Promise<SearchResult> {
    this.#refuseWhileCatchingUp()
    const question = await questionOf(this.#engine, request)
    if (!question) return { ids: [], total: 0, totalIsExact: true, next: null }
    this.#refuseWhileCatchingUp()
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
    if (this.#catchingUp) return // what is being read from the database could still bring them back
    this.#pass()
    await this.#forgetNow(ids, (some) => this.#ask('forget', some))
  }

  async settle(): Promise<void> {
    await this.#upToDate()
    this.#pass()
    await this.#ask('settle', null)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#gathering)
    await this.#thread?.close()
    await this.#ready
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted
  }

  #refuseWhileCatchingUp(): void {
    if (!this.#catchingUp) return
    const { read } = this.#catchingUp
    throw new Problem(
      'unavailable',
      `The search index is being built: ${read} messages so far`,
      'Try again in a little while.',
      { read },
    )
  }

  async #upToDate(): Promise<void> {
    while (this.#catchingUp && !this.#isClosed) await Promise.race([this.#ready, this.#hopeless.promise])
  }

  async #forgetNow(ids: number[], tell: (some: number[]) => Promise<unknown>): Promise<void> {
    for (let at = 0; at < ids.length; at += forgetAtOnce) {
      const some = ids.slice(at, at + forgetAtOnce)
      await tell(some)
      await this.#engine.transaction(async (tx) => {
        for (const id of some) await tx.run('delete from forgotten where id = $1', [id])
      })
    }
  }

  /** Hands what is waiting to the reading thread. */
  #pass(): void {
    clearTimeout(this.#gathering)
    this.#gathering = undefined
    const thread = this.#thread
    if (this.#waiting.length === 0 || !thread) return
    const entries = this.#waiting
    this.#waiting = []
    this.#taken = thread
      .ask<string[]>('add', { flat: flatten(entries), known: entries.some(({ id }) => id <= this.#readTo) })
      .then((failures) => this.#failed(thread, failures))
      .catch((error: Error) => {
        // What it did not take is read from the database.
        if (this.#thread === thread) this.#tell(error)
        this.#begin(thread, false)
      })
      .finally(() => this.#count(entries, -1))
  }

  #count(entries: readonly Entry[], sign: 1 | -1): void {
    this.#untakenRows += sign * entries.length
    for (const entry of entries) this.#untakenChars += sign * charsOf(entry)
  }

  #failed(thread: Thread, failures: readonly string[]): void {
    for (const message of failures) this.#tell(new Error(`search index: ${message}`))
    if (failures.some((message) => damage.test(message))) this.#begin(thread, true)
  }

  /** When the index does not take what it is given in time, mail goes on without it. */
  async #waitForRoom(): Promise<void> {
    this.#pass()
    const thread = this.#thread
    const late = new AbortController()
    const patience = delay(this.#options.patienceMs, true, { ref: false, signal: late.signal })
    const isLate = await Promise.race([this.#taken.then(() => false), patience])
    late.abort()
    this.#waitingForRoom = undefined
    if (!isLate || !thread || this.#thread !== thread) return
    this.#events.tell({ kind: 'index-behind', entries: this.#untakenRows })
    this.#begin(thread, false)
  }

  async #ask<T>(op: string, args: unknown): Promise<T> {
    const thread = this.#thread
    if (!thread)
      throw new Problem('unavailable', 'The search index is being started', 'Try again in a moment.')
    try {
      return await thread.ask<T>(op, args)
    } catch (error) {
      if (!isDamage(error) || this.#isClosed) throw error
      this.#begin(thread, true)
      throw new Problem(
        'unavailable',
        'The search index was damaged and is being built anew',
        'Try again in a little while.',
      )
    }
  }

  /**
   * Brings the index up to date from here on, unless that is being done.
   * @param thread for which it has to be done; nothing happens when it is not the present one any more.
   * @param anew search.db is damaged: it is thrown away and made again.
   */
  #begin(thread: Thread | undefined, anew: boolean): void {
    if (this.#isClosed || this.#catchingUp || this.#thread !== thread) return
    this.#catchingUp = { read: 0 }
    this.#hopeless = Promise.withResolvers()
    this.#hopeless.promise.catch(() => undefined) // nobody needs to wait for it
    if (anew) this.#tell(new Error('search.db is damaged and is built anew'))
    this.#ready = this.#bringUp(anew).finally(() => {
      this.#catchingUp = null
    })
  }

  /** Until it has succeeded, or the index is closed. */
  async #bringUp(beginAnew: boolean): Promise<void> {
    for (let [anew, attempt] = [beginAnew, 1]; !this.#isClosed; attempt++) {
      try {
        if (anew) await this.#throwAway()
        if (this.#isClosed) return
        anew = !(await this.#catchUp(this.#thread ?? this.#startThread()))
        if (!anew) return
      } catch (error) {
        if (this.#isClosed) return
        this.#tell(error)
        if (attempt >= hopelessAttempts) this.#hopeless.reject(error)
        anew ||= isDamage(error)
        await delay(restartAfterMs, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      }
    }
  }

  async #throwAway(): Promise<void> {
    const thread = this.#thread
    this.#thread = undefined
    await thread?.close().catch((error: unknown) => this.#tell(error))
    for (const suffix of ['', '-wal', '-shm']) await rm(this.#options.file + suffix, { force: true })
  }

  /** False when search.db belongs to another database. */
  async #catchUp(thread: Thread): Promise<boolean> {
    this.#keep = false
    this.#readTo = Number.POSITIVE_INFINITY
    this.#count(this.#waiting.splice(0), -1)
    const known = await thread.ask<{ id: number; aliveId: number }>('newest', null)
    if (!(await belongTogether(this.#engine, known.aliveId))) return false
    const listed = await this.#engine.all<{ id: number }>('select id from forgotten')
    const ids = listed.map(({ id }) => id)
    await this.#forgetNow(ids, (some) => thread.ask('forget', some))
    const last = await this.#readAfter(thread, Math.max(0, known.id - marginIds))
    this.#keep = true // what is committed from now on comes by itself; what was committed before is read now
    this.#readTo = Math.max(last, await this.#readAfter(thread, Math.max(0, last - marginIds)))
    return true
  }

  #startThread(): Thread {
    const thread = new Thread(new URL('./read-thread.ts', import.meta.url), this.#options, (error) => {
      if (this.#isClosed || this.#thread !== thread) return
      this.#tell(error)
      this.#thread = undefined
      this.#begin(undefined, false)
    })
    this.#thread = thread
    return thread
  }

  async #readAfter(thread: Thread, afterId: number): Promise<number> {
    let last = afterId
    for await (const entries of entriesAfter(this.#engine, afterId)) {
      const failures = await thread.ask<string[]>('fill', flatten(entries.map(tidied)))
      if (failures.length > 0) throw new Error(failures.join('; '))
      last = entries.at(-1)?.id ?? last
      if (this.#catchingUp) this.#catchingUp.read += entries.length
    }
    return last
  }

  #tell(error: unknown): void {
    if (!this.#isClosed) this.#events.tell({ kind: 'failure', where: 'search index', error })
  }
}

/** SQLite's words for SQLITE_CORRUPT and SQLITE_NOTADB, or our own for a page that is not there. */
const damage = /malformed|not a database|^search index: /
const isDamage = (error: unknown): boolean => error instanceof Error && damage.test(error.message)
