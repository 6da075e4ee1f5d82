/** Reading search.db for segments: prepared statements, and what was read last. */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { HoldingState } from '../../schema.ts'
import { type Bitmap, remove, rowsOf } from './bitmap.ts'
import { Cache } from './cache.ts'
import { blockKey, blockSeparator, type Column, type Labels, listPageKey, parts, readLabels } from './layout.ts'
import { PackedLists } from './lists.ts'
import type { Part } from './query.ts'

/** Above this many hits a part's holdings are read in one go. */
const singleReads = 200

export class SegmentReader {
  readonly #db: DatabaseSync
  readonly #main: DatabaseSync
  readonly #part: StatementSync
  readonly #text: StatementSync
  readonly #lists: StatementSync
  /** Directories stay: some kilobytes a segment. */
  readonly #opened = new Map<number, PackedLists>()
  readonly #parts: Cache<Uint8Array>
  readonly #blocks: Cache<readonly string[]>

  /** @param mainFile the database that holds the truth, for the state of holdings. */
  constructor(file: string, mainFile: string, cacheBytes: number) {
    this.#db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
    this.#db.exec(`pragma cache_size = -${Math.ceil(cacheBytes / 4 / 1024)}`)
    this.#main = new DatabaseSync(mainFile, { readOnly: true, timeout: 10_000 })
    this.#main.exec('pragma cache_size = -2000')
    this.#part = this.#db.prepare('select bytes from parts where segment = ? and part = ?')
    this.#text = this.#db.prepare('select text from texts where block = ?')
    this.#lists = this.#db.prepare('select bytes from lists where page = ?')
    for (const statement of [this.#part, this.#text, this.#lists]) statement.setReturnArrays(true)
    this.#parts = new Cache(cacheBytes / 2)
    this.#blocks = new Cache(cacheBytes / 4)
  }

  part(segment: number, part: number): Uint8Array {
    return this.#parts.get(segment * 64 + part, () => {
      const bytes = bytesOf(this.#part.get(segment, part))
      if (!bytes) throw new Error(`search index: segment ${segment} has no part ${part}`)
      return { value: bytes, bytes: bytes.byteLength }
    })
  }

  labels(segment: number): Labels {
    return readLabels(this.part(segment, parts.labels))
  }

  block(segment: number, column: Column, block: number): readonly string[] {
    const key = blockKey(segment, column, block)
    return this.#blocks.get(key, () => {
      const [text] = (this.#text.get(key) ?? []) as unknown as [string?]
      if (text === undefined) throw new Error(`search index: segment ${segment} has no block ${block} of column ${column}`)
      return { value: text.split(blockSeparator), bytes: text.length + 10_000 }
    })
  }

  listsOf(segment: number): PackedLists {
    let lists = this.#opened.get(segment)
    if (!lists) {
      const bytes = this.part(segment, parts.directory)
      const directory = new Float64Array(bytes.slice().buffer)
      lists = new PackedLists(directory, (page) => {
        const list = bytesOf(this.#lists.get(listPageKey(segment, page)))
        if (!list) throw new Error(`search index: segment ${segment} has no lists page ${page}`)
        return list
      })
      this.#opened.set(segment, lists)
    }
    return lists
  }

  /** Takes out rows of `part` none of whose holdings is in this state. */
  keepInState(bits: Bitmap, part: Part, state: HoldingState): void {
    // The state stands in the text, not as a parameter: so that the index of rare states can be used.
    const rows = rowsOf(bits)
    if (rows.length <= singleReads) {
      const one = this.#main.prepare(`select 1 from holdings where message_id = ? and state = '${state}' limit 1`)
      for (const row of rows) if (!one.get(part.id(row))) remove(bits, row)
      return
    }
    const all = this.#main.prepare(
      `select distinct message_id from holdings where state = '${state}' and message_id >= ? and message_id <= ?`,
    )
    all.setReturnArrays(true)
    const ids = new Set((all.all(part.minId, part.maxId) as unknown as [number][]).map(([id]) => id))
    for (const row of rows) if (!ids.has(part.id(row))) remove(bits, row)
  }

  segments(): { segment: number; rows: number; min_id: number; max_id: number; dead: Uint8Array | null }[] {
    return this.#db.prepare('select segment, rows, min_id, max_id, dead from segments order by min_id').all() as never
  }

  close(): void {
    this.#db.close()
    this.#main.close()
  }
}

/** Views of 16 and 32 bits need an aligned beginning. */
function bytesOf(row: unknown): Uint8Array | null {
  if (row === undefined) return null
  const [bytes] = row as [Uint8Array]
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
}
