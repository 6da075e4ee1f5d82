/**
 * What the search index has at a moment: the segments, and the entries that are not in one yet. Runs in the reading
 * thread; a writing thread makes segments. Changes take turns, queries never wait: they keep the segments they began
 * with, and what is replaced is removed when the last of them has ended.
 */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate, setTimeout } from 'node:timers/promises'
import { Thread } from '../../sqlite/thread.ts'
import { Turns } from '../../turns.ts'
import type { Entry } from '../index.ts'
import { isOfToday, segmentRowsLimit } from './layout.ts'
import type { Part } from './query.ts'
import { SegmentReader } from './reader.ts'
import { Segment, type SegmentFacts } from './segment.ts'
import { Tail } from './tail.ts'
import { flatten } from './transfer.ts'

export interface KeeperOptions {
  file: string
  mainFile: string
  cacheBytes: number
  /** Entries in a new segment. */
  segmentRows: number
  /** Text in a new segment, whichever comes first. */
  segmentChars: number
  /** More entries than this are not kept in memory: who adds waits. */
  tailRowsLimit: number
}

/** After a segment could not be written. */
const retryAfterMs = 5000

/** Entries on their way to the writing thread in one piece. */
const entriesAtOnce = 256

/** New segments that are made one. */
const mergeOf = 4

export class Keeper {
  readonly #options: KeeperOptions
  readonly #reader: SegmentReader
  readonly #turns = new Turns()
  /** Resolves when the queries that run now have ended. */
  readonly #queriesEnded: () => Promise<void>
  readonly #failed: (error: Error) => void
  #segments: Segment[]
  readonly #tail: Tail
  #nextSegment: number
  #building: Promise<void> | undefined
  #room = Promise.withResolvers<void>()

  static async open(
    options: KeeperOptions,
    queriesEnded: () => Promise<void>,
    failed: (error: Error) => void,
  ): Promise<Keeper> {
    // Otherwise it is made, made anew, or cleared up.
    if (!isWhole(options.file)) await writing(options.file, (writer) => writer.ask('opened', null))
    const reader = new SegmentReader(options.file, options.mainFile, options.cacheBytes)
    return new Keeper(options, reader, queriesEnded, failed)
  }

  private constructor(
    options: KeeperOptions,
    reader: SegmentReader,
    queriesEnded: () => Promise<void>,
    failed: (error: Error) => void,
  ) {
    this.#options = options
    this.#reader = reader
    this.#tail = new Tail(reader)
    this.#queriesEnded = queriesEnded
    this.#failed = failed
    this.#segments = reader
      .segments()
      .map(
        ({ segment, rows, min_id, max_id, chars, dead }) =>
          new Segment(
            reader,
            { segment, rows, minId: min_id, maxId: max_id, chars },
            dead ? new Uint16Array(dead.slice().buffer) : new Uint16Array(0),
          ),
      )
    this.#nextSegment = this.#segments.reduce((next, { number }) => Math.max(next, number + 1), 0)
  }

  /** The greatest id in a segment, and the greatest that is still there; 0 when there are none. */
  get newest(): { id: number; aliveId: number } {
    const ids = this.#segments.map((segment) => ({ id: segment.maxId, aliveId: segment.newestAlive() }))
    return {
      id: Math.max(0, ...ids.map(({ id }) => id)),
      aliveId: Math.max(0, ...ids.map(({ aliveId }) => aliveId)),
    }
  }

  parts(): Part[] {
    return [...this.#segments, ...this.#tail.parts()]
  }

  /** Reads what `work` reads without a lock for each page; it must not wait for anything. */
  together<T>(work: () => T): T {
    return this.#reader.together(work)
  }

  /** @param known some of them may be here already (they are read again after a start). */
  add(given: Entry[], known: boolean): void {
    const entries = known ? this.#missing(given) : given
    if (entries.length === 0) return
    this.#tail.add(entries)
    this.#buildWhenFull()
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.#isFull()) await this.#room.promise
  }

  /** Takes these out for good: they are not found again after a restart. */
  forget(ids: number[]): Promise<void> {
    return this.#turns.take(async () => {
      this.#tail.remove(new Set(ids))
      this.#makeRoom()
      const changed = this.#segments.flatMap((segment) => {
        const rows = ids.map((id) => segment.rowOf(id)).filter((row) => row >= 0)
        return rows.length > 0 ? [segment.without(rows)] : []
      })
      if (changed.length === 0) return
      const dead = changed.map((segment) => ({
        segment: segment.number,
        rows: new Uint8Array(segment.dead.slice().buffer),
      }))
      await this.#write((writer) => writer.ask('bury', dead))
      this.#segments = this.#segments.map((old) => changed.find(({ number }) => number === old.number) ?? old)
      await this.#tidy()
    })
  }

  /** Everything that was there when it was called is in segments when it resolves. */
  async settle(): Promise<void> {
    const { maxId } = this.#tail
    await this.#building
    while (this.#tail.minId <= maxId) await this.#build(0)
    await this.#turns.take(() => this.#tidy())
  }

  async close(): Promise<void> {
    await this.#turns.take(async () => {})
    this.#reader.close()
  }

  #missing(entries: Entry[]): Entry[] {
    const inTail = this.#tail.ids()
    const inSegment = (id: number) =>
      this.#segments.some((segment) => segment.minId <= id && id <= segment.maxId && segment.rowOf(id) >= 0)
    return entries.filter(({ id }) => !inTail.has(id) && !inSegment(id))
  }

  #isFull(): boolean {
    const { tailRowsLimit, segmentRows, segmentChars } = this.#options
    return (
      this.#tail.length > tailRowsLimit || this.#tail.chars > segmentChars * (tailRowsLimit / segmentRows)
    )
  }

  #buildWhenFull(): void {
    const { segmentRows, segmentChars } = this.#options
    const full = this.#tail.length >= segmentRows + this.#staying || this.#tail.chars > segmentChars * 2
    if (full && !this.#building) this.#buildAndGoOn()
  }

  /** This many of the newest stay behind: mail whose commit ended a little late finds its place among them. */
  get #staying(): number {
    return Math.ceil(this.#options.segmentRows / 64)
  }

  #buildAndGoOn(): void {
    this.#building = this.#build(this.#staying)
      .catch(async (error: Error) => {
        this.#failed(error)
        await setTimeout(retryAfterMs, undefined, { ref: false })
      })
      .finally(() => {
        this.#building = undefined
        this.#buildWhenFull()
      })
  }

  #build(keepRows: number): Promise<void> {
    return this.#turns.take(async () => {
      const { segmentRows, segmentChars } = this.#options
      // Few entries with much text cannot stay behind: the tail would be full for good.
      const rows = Math.min(segmentRows, Math.max(1, this.#tail.length - keepRows))
      const entries = this.#tail.first(rows, segmentChars)
      if (entries.length === 0) return
      const made = await this.#write(async (writer) => {
        const taken: Promise<void>[] = []
        for (let at = 0; at < entries.length; at += entriesAtOnce) {
          taken.push(writer.ask('take', flatten(entries.slice(at, at + entriesAtOnce))))
          await setImmediate() // queries go on meanwhile
        }
        await Promise.all(taken)
        return await writer.ask<SegmentFacts>('build', this.#nextSegment++)
      })
      this.#segments = [...this.#segments, new Segment(this.#reader, made, new Uint16Array(0))]
      this.#tail.remove(new Set(entries.map(({ id }) => id)))
      this.#makeRoom()
      await this.#tidy()
    })
  }

  /** Lets in who waits, when there is room. */
  #makeRoom(): void {
    if (this.#isFull()) return
    this.#room.resolve()
    this.#room = Promise.withResolvers()
  }

  /** Removes segments of which nothing is left, and makes one of several small neighbours. */
  async #tidy(): Promise<void> {
    const empty = this.#segments.filter(({ alive }) => alive === 0)
    if (empty.length > 0) {
      this.#segments = this.#segments.filter(({ alive }) => alive > 0)
      await this.#drop(empty)
    }
    for (let run = this.#mergeable(); run; run = this.#mergeable()) {
      const numbers = run.map(({ number }) => number)
      const into = this.#nextSegment++
      const made = await this.#write((writer) =>
        writer.ask<SegmentFacts>('merge', { segments: numbers, into }),
      )
      const merged = new Segment(this.#reader, made, new Uint16Array(0))
      this.#segments = [...this.#segments.filter((segment) => !run.includes(segment)), merged].sort(
        (a, b) => a.minId - b.minId,
      )
      await this.#drop(run)
    }
  }

  async #drop(segments: Segment[]): Promise<void> {
    await this.#queriesEnded()
    const numbers = segments.map(({ number }) => number)
    await this.#write((writer) => writer.ask('drop', numbers))
    for (const number of numbers) this.#reader.forget(number)
  }

  /**
   * Neighbours worth making one: some new segments that fit into a large one, two of which little is left, or one of
   * which less than half is left. Never more text than a writing thread has the memory for: hostile mail is full of it.
   */
  #mergeable(): Segment[] | null {
    const { segmentRows, segmentChars } = this.#options
    const large = Math.min(segmentRows * mergeOf, segmentRowsLimit)
    const small = (run: Segment[]) => chars(run) <= segmentChars * 2
    const segments = this.#segments
    for (let i = 0; i < segments.length; i++) {
      const one = segments[i] as Segment
      if (one.alive * 2 < one.rows) return [one]
      const pair = segments.slice(i, i + 2)
      if (pair.length === 2 && sum(pair) <= segmentRows / 2 && small(pair)) return pair
      const run = segments.slice(i, i + mergeOf)
      const fits = sum(run) <= large && run.every(({ alive }) => alive * 2 <= large)
      if (run.length === mergeOf && fits && small(run)) return run
    }
    return null
  }

  #write<T>(work: (writer: Thread) => Promise<T>): Promise<T> {
    return writing(this.#options.file, work)
  }
}

/** A search.db of this layout, in which nothing is left to be done. What is damaged in it shows when it is read. */
function isWhole(file: string): boolean {
  if (!existsSync(file)) return false
  try {
    using db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
    return isOfToday(db) && db.prepare('select 1 from dropped limit 1').get() === undefined
  } catch {
    return false // the writing thread opens it as well, and says what is wrong
  }
}

/** Runs `work` with a writing thread of its own; when the thread dies, what it was asked fails. */
async function writing<T>(file: string, work: (writer: Thread) => Promise<T>): Promise<T> {
  const writer = new Thread(new URL('./write-thread.ts', import.meta.url), { file }, () => {})
  try {
    return await work(writer)
  } finally {
    await writer.close()
  }
}

const sum = (segments: Segment[]): number => segments.reduce((rows, { alive }) => rows + alive, 0)
const chars = (segments: Segment[]): number => segments.reduce((all, segment) => all + segment.chars, 0)
