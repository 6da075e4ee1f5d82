/** Reading search.db page by page, with a cache of what was read last; and the state of holdings in the main database. */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { addressEnding } from '../../../mail/domains.ts'
import type { HoldingState } from '../../schema.ts'
import type { Filter } from '../index.ts'
import { type Bitmap, remove, rowsOf } from './bitmap.ts'
import { Cache } from './cache.ts'
import { Copies, copiesIn, type ReadText } from './copies.ts'
import { type RowLabels, readLabels } from './labels.ts'
import {
  blockKey,
  blockSeparator,
  type Column,
  columns,
  copyFences,
  copyTexts,
  fences,
  pageBytes,
  pageKey,
  parts,
} from './layout.ts'
import { PackedLists } from './lists.ts'
import { type CopyRows, MovedCopies } from './moved.ts'
import type { Part } from './query.ts'
import { TextBlock } from './text-block.ts'

/** Above this many hits a part's holdings are read in one go. */
const singleReads = 200

interface SegmentRow {
  segment: number
  rows: number
  min_id: number
  max_id: number
  chars: number
  dead: Uint8Array | null
}

/** An array in pages. */
export interface PagedNumbers {
  at(i: number): number
}

export class SegmentReader {
  readonly #db: DatabaseSync
  readonly #main: DatabaseSync
  readonly #page: StatementSync
  readonly #text: StatementSync
  readonly #pages: Cache<Uint8Array>
  readonly #blocks: Cache<TextBlock>
  /** Directories stay: some kilobytes a segment. */
  readonly #lists = new Map<number, PackedLists>()
  /** Those that were read last: whoever searches them sorts them next. */
  #copies: { segment: number; recipients: readonly string[]; copies: Copies } | undefined
  /** Of queries under way, by the copies that they ask for. */
  readonly #moved = new WeakMap<NonNullable<Filter['copies']>, MovedCopies>()

  /** @param mainFile the database that holds the truth, for the state of holdings. */
  constructor(file: string, mainFile: string, cacheBytes: number) {
    this.#db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
    this.#db.exec(`pragma cache_size = -${Math.ceil(cacheBytes / 4 / 1024)}`)
    this.#main = new DatabaseSync(mainFile, { readOnly: true, timeout: 10_000 })
    this.#main.exec('pragma cache_size = -2000')
    this.#page = this.#db.prepare('select bytes from parts where page = ?')
    this.#text = this.#db.prepare('select text from texts where block = ?')
    for (const statement of [this.#page, this.#text]) statement.setReturnArrays(true)
    this.#pages = new Cache(cacheBytes / 2)
    this.#blocks = new Cache(cacheBytes / 4)
  }

  /**
   * Does `work`, which must not wait for anything, in one reading transaction of each database: otherwise every page that
   * is read would be locked for, which takes as long as reading it.
   */
  together<T>(work: () => T): T {
    const both = [this.#db, this.#main]
    for (const db of both) db.exec('begin')
    try {
      return work()
    } finally {
      // Damage may have ended it.
      for (const db of both) if (db.isTransaction) db.exec('commit')
    }
  }

  segments(): SegmentRow[] {
    return this.#db
      .prepare('select segment, rows, min_id, max_id, chars, dead from segments order by min_id')
      .all() as never
  }

  ids(segment: number): PagedNumbers {
    return this.#paged(
      segment,
      parts.ids,
      8,
      (page) => new Float64Array(page.buffer, page.byteOffset, page.byteLength / 8),
    )
  }

  /** A part of `starts` or `rows`. */
  numbers(segment: number, part: number): PagedNumbers {
    return part % 2 === 0
      ? this.#paged(
          segment,
          part,
          4,
          (page) => new Uint32Array(page.buffer, page.byteOffset, page.byteLength / 4),
        )
      : this.#paged(
          segment,
          part,
          2,
          (page) => new Uint16Array(page.buffer, page.byteOffset, page.byteLength / 2),
        )
  }

  /** A part of `rows`, which has `count` of them. */
  *pages(segment: number, part: number, count: number): Generator<Uint16Array, void> {
    for (let page = 0; page * pageBytes < count * 2; page++) {
      const bytes = this.#cachedPage(pageKey(segment, part, page))
      yield new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)
    }
  }

  #paged(
    segment: number,
    part: number,
    width: number,
    view: (page: Uint8Array) => ArrayLike<number>,
  ): PagedNumbers {
    const perPage = pageBytes / width
    let number = -1
    let values: ArrayLike<number> = []
    return {
      at: (i) => {
        const page = Math.floor(i / perPage)
        if (page !== number) {
          values = view(this.#cachedPage(pageKey(segment, part, page)))
          number = page
        }
        return values[i - page * perPage] as number
      },
    }
  }

  labels(segment: number): RowLabels {
    return readLabels(this.#cachedPage(pageKey(segment, parts.labels, 0)))
  }

  /** Values of a block of a dictionary. */
  block(segment: number, dictionary: Column, block: number): TextBlock {
    return this.#blocks.get(blockKey(segment, dictionary, block), () => {
      const value = new TextBlock(this.#readText(segment, dictionary, block))
      return { value, bytes: value.bytes }
    })
  }

  /** The same past the cache, for those who read all blocks. */
  readBlock(segment: number, dictionary: Column, block: number): string[] {
    return this.#readText(segment, dictionary, block).split(blockSeparator)
  }

  #readText(segment: number, dictionary: Parameters<typeof blockKey>[1], block: number): string {
    const [text] = (this.#text.get(blockKey(segment, dictionary, block)) ?? []) as unknown as [string?]
    if (text === undefined)
      throw new Error(`search index: segment ${segment} has no block ${block} of ${dictionary}`)
    return text
  }

  /** The number of values in a dictionary, then the first value of each block. */
  fences(segment: number, dictionary: Column): TextBlock {
    return this.block(segment, dictionary, fences)
  }

  /** The copies of these recipients in a segment. */
  copies(segment: number, recipients: readonly string[]): Copies {
    if (this.#copies?.segment !== segment || this.#copies.recipients !== recipients)
      this.#copies = { segment, recipients, copies: this.#readCopies(segment, recipients) }
    return this.#copies.copies
  }

  #readCopies(segment: number, recipients: readonly string[]): Copies {
    const fences = this.block(segment, columns.recipients, copyFences)
    // Past the cache, which would soon be full of the mail of one.
    const readText: ReadText = (block) => this.#readText(segment, copyTexts, block)
    const found = [...new Set(recipients)].flatMap((recipient) => {
      const page = fences.countBefore(recipient, { from: 1, orSame: true }) - 1
      if (page < 0) return []
      const bytes = this.#cachedPage(pageKey(segment, parts.copies, page))
      return copiesIn(bytes, recipient, fences.at(0) === '' ? null : readText) ?? []
    })
    return new Copies(found)
  }

  lists(segment: number): PackedLists {
    let lists = this.#lists.get(segment)
    if (!lists) {
      const pages: Uint8Array[] = []
      for (;;) {
        const page = this.#read(pageKey(segment, parts.directory, pages.length))
        if (page) pages.push(page)
        if (!page || page.byteLength < pageBytes) break
      }
      const directory = new Float64Array(new Uint8Array(Buffer.concat(pages)).buffer)
      lists = new PackedLists(directory, (page) => this.#existing(pageKey(segment, parts.lists, page)))
      this.#lists.set(segment, lists)
    }
    return lists
  }

  /** The segment is gone. */
  forget(segment: number): void {
    this.#lists.delete(segment)
    if (this.#copies?.segment === segment) this.#copies = undefined
  }

  #cachedPage(key: number): Uint8Array {
    return this.#pages.get(key, () => {
      const bytes = this.#existing(key)
      return { value: bytes, bytes: bytes.byteLength + 200 }
    })
  }

  #existing(key: number): Uint8Array {
    const bytes = this.#read(key)
    if (!bytes) throw new Error(`search index: there is no page ${key}`)
    return bytes
  }

  /** Views of 16, 32 and 64 bits need an aligned beginning. */
  #read(key: number): Uint8Array | null {
    const [bytes] = (this.#page.get(key) ?? []) as unknown as [Uint8Array?]
    if (!bytes) return null
    return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  }

  /** Takes out rows of `part` none of whose holdings, of one of these domains if given, is in this state. */
  keepInState(bits: Bitmap, part: Part, state: HoldingState, domains: Filter['domains']): void {
    // In the text, not as parameters: only so the index of states other than held can be used.
    const endings = domains?.map(addressEnding) ?? []
    const isOwn = endings.map(() => 'substr(address_key, -length(?)) = ?').join(' or ')
    const own = endings.flatMap((ending) => [ending, ending])
    const inState = `${state === 'held' ? "state = 'held'" : `state = '${state}' and state <> 'held'`}${domains ? ` and (${isOwn})` : ''}`
    const rows = rowsOf(bits)
    if (rows.length <= singleReads) {
      const one = this.#main.prepare(`select 1 from holdings where ${inState} and message_id = ? limit 1`)
      for (const row of rows) if (!one.get(...own, part.id(row))) remove(bits, row)
      return
    }
    const all = this.#main.prepare(
      `select distinct message_id from holdings where ${inState} and message_id >= ? and message_id <= ?`,
    )
    all.setReturnArrays(true)
    const ids = new Set((all.all(...own, part.minId, part.maxId) as unknown as [number][]).map(([id]) => id))
    for (const row of rows) if (!ids.has(part.id(row))) remove(bits, row)
  }

  /** Takes out rows of `part` that have no such copy; each has a copy for one of the recipients. */
  keepCopies(bits: Bitmap, part: CopyRows, copies: NonNullable<Filter['copies']>): void {
    const moved = this.#moved.get(copies) ?? new MovedCopies(this.#main, copies)
    this.#moved.set(copies, moved)
    moved.keep(bits, part)
  }

  close(): void {
    this.#db.close()
    this.#main.close()
  }
}
