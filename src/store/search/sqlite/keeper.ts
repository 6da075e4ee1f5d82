/**
 * What the search index has at a moment: the segments, and the entries that are not in one yet. Runs in the reading
 * thread; the writing thread makes segments of what is given to both. Changes take turns, queries never wait: they keep
 * the segments they began with, and what is replaced is removed when the last of them has ended.
 */
import { setTimeout } from 'node:timers/promises'
import { Thread } from '../../sqlite/thread.ts'
import { Turns } from '../../turns.ts'
import type { Entry } from '../index.ts'
import { segmentRowsLimit } from './layout.ts'
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

/** New segments that are made one. */
const mergeOf = 4

export class Keeper {
  readonly #options: KeeperOptions
  readonly #writer: Thread
  readonly #reader: SegmentReader
  readonly #turns = new Turns()
  /** Resolves when the queries that run now have ended. */
  readonly #queriesEnded: () => Promise<void>
  readonly #failed: (error: Error) => void
  #segments: Segment[]
  /** In order of id. */
  #tail: Entry[] = []
  #tailChars = 0
  #tailPart: Tail | null = null
  #nextSegment: number
  #building: Promise<void> | undefined
  #room = Promise.withResolvers<void>()

  static async open(
    options: KeeperOptions,
    queriesEnded: () => Promise<void>,
    failed: (error: Error) => void,
  ): Promise<Keeper> {
    const writer = new Thread(new URL('./write-thread.ts', import.meta.url), { file: options.file }, failed)
    await writer.ask('opened', null)
    const reader = new SegmentReader(options.file, options.mainFile, options.cacheBytes)
    return new Keeper(options, writer, reader, queriesEnded, failed)
  }

  private constructor(
    options: KeeperOptions,
    writer: Thread,
    reader: SegmentReader,
    queriesEnded: () => Promise<void>,
    failed: (error: Error) => void,
  ) {
    this.#options = options
    this.#writer = writer
    this.#reader = reader
    this.#queriesEnded = queriesEnded
    this.#failed = failed
    this.#segments = reader
      .segments()
      .map(
        ({ segment, rows, min_id, max_id, dead }) =>
          new Segment(
            reader,
            { segment, rows, minId: min_id, maxId: max_id },
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
    this.#tailPart ??= new Tail(this.#tail.slice(), this.#reader)
    return [...this.#segments, this.#tailPart]
  }

  /** @param known some of them may be here already (they are read again after a start). */
  add(given: Entry[], known: boolean): void {
    const entries = known ? this.#missing(given) : given
    if (entries.length === 0) return
    this.#ask('add', flatten(entries))
    const inOrder = entries.every(
      ({ id }, i) => id > ((i === 0 ? this.#tail.at(-1) : entries[i - 1])?.id ?? -1),
    )
    for (const entry of entries) {
      this.#tail.push(entry)
      this.#tailChars += charsOf(entry)
    }
    if (!inOrder) this.#tail.sort((a, b) => a.id - b.id)
    this.#tailPart = null
    this.#buildWhenFull()
  }

  /** Resolves when there is room for more. */
  async room(): Promise<void> {
    while (this.#isFull()) await this.#room.promise
  }

  /** Takes these out for good: they are not found again after a restart. */
  forget(ids: number[]): Promise<void> {
    return this.#turns.take(async () => {
      const gone = new Set(ids)
      const inTail = this.#tail.filter(({ id }) => gone.has(id)).map(({ id }) => id)
      if (inTail.length > 0) {
        this.#ask('remove', inTail)
        this.#setTail(this.#tail.filter(({ id }) => !gone.has(id)))
      }
      const changed = this.#segments.flatMap((segment) => {
        const rows = ids.map((id) => segment.rowOf(id)).filter((row) => row >= 0)
        return rows.length > 0 ? [segment.without(rows)] : []
      })
      if (changed.length === 0) return
      await this.#writer.ask(
        'bury',
        changed.map((segment) => ({
          segment: segment.number,
          rows: new Uint8Array(segment.dead.slice().buffer),
        })),
      )
      this.#segments = this.#segments.map((old) => changed.find(({ number }) => number === old.number) ?? old)
      await this.#tidy()
    })
  }

  /** Everything is in segments when it resolves. */
  async settle(): Promise<void> {
    await this.#building
    while (this.#tail.length > 0) await this.#build(0)
    await this.#turns.take(() => this.#tidy())
  }

  async close(): Promise<void> {
    await this.#turns.take(async () => {})
    await this.#writer.close()
    this.#reader.close()
  }

  #missing(entries: Entry[]): Entry[] {
    const inTail = new Set(this.#tail.map(({ id }) => id))
    const inSegment = (id: number) =>
      this.#segments.some((segment) => segment.minId <= id && id <= segment.maxId && segment.rowOf(id) >= 0)
    return entries.filter(({ id }) => !inTail.has(id) && !inSegment(id))
  }

  #isFull(): boolean {
    const { tailRowsLimit, segmentRows, segmentChars } = this.#options
    return this.#tail.length > tailRowsLimit || this.#tailChars > segmentChars * (tailRowsLimit / segmentRows)
  }

  #setTail(tail: Entry[]): void {
    this.#tail = tail
    this.#tailPart = null
    this.#tailChars = tail.reduce((chars, entry) => chars + charsOf(entry), 0)
    if (this.#isFull()) return
    this.#room.resolve()
    this.#room = Promise.withResolvers()
  }

  /** A few of the newest stay behind: mail whose commit ended a little late then finds its place among them. */
  #buildWhenFull(): void {
    const { segmentRows, segmentChars } = this.#options
    const full =
      this.#tail.length >= segmentRows + Math.ceil(segmentRows / 64) || this.#tailChars > segmentChars * 2
    if (full && !this.#building) this.#buildAndGoOn()
  }

  #buildAndGoOn(): void {
    this.#building = this.#build(this.#options.segmentRows / 64)
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
      const rows = this.#rowsToBuild(keepRows)
      if (rows === 0) return
      const ids = new Set(this.#tail.slice(0, rows).map(({ id }) => id))
      const made = await this.#writer.ask<SegmentFacts>('build', { segment: this.#nextSegment++, rows })
      this.#segments = [...this.#segments, new Segment(this.#reader, made, new Uint16Array(0))]
      this.#setTail(this.#tail.filter(({ id }) => !ids.has(id)))
      await this.#tidy()
    })
  }

  #rowsToBuild(keepRows: number): number {
    const { segmentRows, segmentChars } = this.#options
    const most = Math.min(segmentRows, Math.floor(this.#tail.length - keepRows))
    let chars = 0
    for (let row = 0; row < most; row++) {
      chars += charsOf(this.#tail[row] as Entry)
      if (chars > segmentChars) return row + 1
    }
    return Math.max(0, most)
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
      const made = await this.#writer.ask<SegmentFacts>('merge', {
        segments: numbers,
        into: this.#nextSegment++,
      })
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
    await this.#writer.ask('drop', numbers)
    for (const number of numbers) this.#reader.forget(number)
  }

  /**
   * Neighbours worth making one: some new segments that fit into a large one, two of which little is left, or one of
   * which less than half is left.
   */
  #mergeable(): Segment[] | null {
    const { segmentRows } = this.#options
    const large = Math.min(segmentRows * mergeOf, segmentRowsLimit)
    const segments = this.#segments
    for (let i = 0; i < segments.length; i++) {
      const one = segments[i] as Segment
      if (one.alive * 2 < one.rows) return [one]
      const pair = segments.slice(i, i + 2)
      if (pair.length === 2 && sum(pair) <= segmentRows / 2) return pair
      const run = segments.slice(i, i + mergeOf)
      if (run.length === mergeOf && sum(run) <= large && run.every(({ alive }) => alive * 2 <= large))
        return run
    }
    return null
  }

  /** For what needs no answer. */
  #ask(op: string, args: unknown): void {
    this.#writer.ask(op, args).catch(this.#failed)
  }
}

/** Text that grows with the mail; the rest is bounded. */
const charsOf = (entry: Entry): number =>
  entry.subject_key.length + entry.recipients_key.length + entry.attachments_key.length

const sum = (segments: Segment[]): number => segments.reduce((rows, { alive }) => rows + alive, 0)
