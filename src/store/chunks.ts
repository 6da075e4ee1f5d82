/**
 * Content inside the database: chunks of 256 KB, each a zstd frame. A small message waits in memory for the commit of
 * its rows; a larger one is staged chunk by chunk under its future id (table `staging` knows it), so memory stays flat.
 */
import { createHash, type Hash, hash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import type { Clock } from '../clock.ts'
import { Problem } from '../problem.ts'
import type { ContentStore, IncomingContent, ReceivedContent } from './content.ts'
import type { Database } from './database.ts'
import type { Insert } from './engine.ts'
import { giveBack, passing } from './spent.ts'

const chunkBytes = 256 << 10
/** Above this a message is staged. */
const memoryBytes = 1 << 20
// Constants, so that the engine knows these inserts again by their columns.
const contentColumns = ['id', 'sha256', 'size', 'chunks', 'purged_at'] as const
const chunkColumns = ['content_id', 'n', 'bytes'] as const
const stagingColumns = ['content_id', 'started_at'] as const
/** Chunks read from the database at a time. */
const chunksPerRead = 2

export function chunkStore(db: Database, clock: Clock): ContentStore {
  return {
    receive: () => new Incoming(db, clock),
    open: (contentId) => readContent(db, contentId),
    async sweep(before) {
      const left = await db.read
        .selectFrom('staging')
        .selectAll()
        .where('started_at', '<', before)
        .limit(1000)
        .execute()
      for (const { content_id } of left) await unstage(db, content_id, clock.now())
      return left.length
    },
  }
}

/**
 * Removes what was staged under this id, unless a message has taken it over. That can be happening at this moment, or
 * later than anybody thought (a clock that was set): an empty content in its place keeps such a commit from succeeding.
 * @param barredSince the empty content stays until the next sweep but one: somebody else may be at it. Null: nobody is.
 */
async function unstage(db: Database, contentId: number, barredSince: number | null): Promise<void> {
  await db.transaction(async (trx) => {
    const bar = { id: contentId, sha256: '', size: 0, chunks: 0, purged_at: barredSince ?? 0 }
    const barred = await trx
      .insertInto('contents')
      .values(bar)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .executeTakeFirst()
    const kept = await trx
      .selectFrom('contents')
      .select('id')
      .where('id', '=', contentId)
      .where('sha256', '<>', '')
      .executeTakeFirst()
    if (!kept) await trx.deleteFrom('chunks').where('content_id', '=', contentId).execute()
    if (barred && barredSince !== null) {
      await trx
        .updateTable('staging')
        .set({ started_at: barredSince })
        .where('content_id', '=', contentId)
        .execute()
      return
    }
    await trx.deleteFrom('contents').where('id', '=', contentId).where('sha256', '=', '').execute()
    await trx.deleteFrom('staging').where('content_id', '=', contentId).execute()
  })
}

async function* readContent(db: Database, contentId: number): AsyncGenerator<Uint8Array> {
  const content = await db.read
    .selectFrom('contents')
    .selectAll()
    .where('id', '=', contentId)
    .executeTakeFirst()
  if (!content || content.purged_at !== null)
    throw new Problem(
      'not-found',
      'The content of this message is no longer kept',
      'Its retention period is over.',
    )
  const hash = createHash('sha256')
  let size = 0
  let n = 0
  while (n < content.chunks) {
    const rows = await db.read
      .selectFrom('chunks')
      .select(['n', 'bytes'])
      .where('content_id', '=', contentId)
      .where('n', '>=', n)
      .orderBy('n')
      .limit(chunksPerRead)
      .execute()
    if (rows.length === 0) break
    for (const row of rows) {
      if (row.n !== n++) throw new Error(`content ${contentId}: chunk ${n - 1} is missing`)
      const bytes = unpacked(row.bytes)
      hash.update(bytes)
      size += bytes.length
      yield bytes
    }
  }
  if (n !== content.chunks || size !== content.size || hash.digest('hex') !== content.sha256)
    throw new Error(
      `content ${contentId}: what is stored is not what was received (${size} of ${content.size} bytes)`,
    )
}

function unpacked(frame: Uint8Array): Uint8Array {
  // With a byte more zlib sees that it has come to the end, and makes no second buffer.
  const bytes = zstdDecompressSync(frame, { maxOutputLength: chunkBytes, chunkSize: chunkBytes + 1 })
  if (frame.byteLength === frame.buffer.byteLength) giveBack(frame) // else there may be other answers in its buffer
  passing(bytes.buffer.byteLength)
  return bytes
}

class Incoming implements IncomingContent {
  readonly #db: Database
  readonly #clock: Clock
  /** Only from the second chunk on; one chunk is hashed in one call, which is faster. */
  #hash: Hash | undefined
  #id: number | undefined
  #size = 0
  /** Pieces of the chunk being filled. */
  #pieces: Uint8Array[] = []
  #piecesBytes = 0
  /** Full chunks that are not staged. */
  #chunks: Uint8Array[] = []
  #chunkCount = 0
  #staging: Promise<void> | undefined
  #staged = 0
  #discarded = false

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    this.#size += bytes.length
    for (let rest = bytes; rest.length > 0; ) {
      const piece = rest.subarray(0, chunkBytes - this.#piecesBytes)
      rest = rest.subarray(piece.length)
      this.#pieces.push(piece)
      this.#piecesBytes += piece.length
      if (this.#piecesBytes === chunkBytes) this.#closeChunk()
    }
    if (this.#size <= memoryBytes || this.#chunks.length === 0) return this.#staging
    this.#staging = (this.#staging ?? Promise.resolve()).then(() => this.#stage())
    return this.#staging
  }

  #closeChunk(): void {
    const chunk = Buffer.allocUnsafeSlow(this.#piecesBytes) // its own memory: it is given to the writer thread
    let at = 0
    for (const piece of this.#pieces) {
      chunk.set(piece, at)
      at += piece.length
    }
    this.#pieces = []
    this.#piecesBytes = 0
    passing(chunk.length) // the pieces
    if (this.#chunkCount === 1) this.#hash = createHash('sha256').update(this.#chunks[0] as Uint8Array)
    this.#hash?.update(chunk)
    this.#chunks.push(chunk)
    this.#chunkCount++
  }

  async #stage(): Promise<void> {
    const chunks = this.#chunks
    this.#chunks = []
    if (chunks.length === 0 || this.#discarded) return
    const first = this.#id === undefined
    this.#id ??= this.#db.ids.next()
    const id = this.#id
    const inserts = [chunkInsert(id, this.#staged, chunks)]
    this.#staged += chunks.length
    if (first)
      inserts.unshift({
        table: 'staging',
        columns: stagingColumns,
        rows: [[id, this.#clock.now()]],
      })
    await this.#db.engine.commit(() => inserts)
  }

  async finish(): Promise<ReceivedContent> {
    if (this.#piecesBytes > 0) this.#closeChunk()
    await this.#staging
    if (this.#id !== undefined) await this.#stage()
    this.#id ??= this.#db.ids.next()
    const id = this.#id
    const sha256 = this.#hash?.digest('hex') ?? hash('sha256', this.#chunks[0] ?? new Uint8Array(), 'hex')
    const size = this.#size
    const inMemory = this.#chunks
    const staged = this.#staged
    const count = this.#chunkCount
    const db = this.#db
    return {
      id,
      size,
      sha256,
      inserts() {
        if (inMemory.some((chunk) => chunk.length === 0))
          throw new Error('this content was given away before')
        const content: Insert = {
          table: 'contents',
          columns: contentColumns,
          rows: [[id, sha256, size, count, null]],
        }
        return inMemory.length > 0 ? [content, chunkInsert(id, staged, inMemory)] : [content]
      },
      async *open() {
        // Buffers are given away with the commit; from then on the store has them.
        if (inMemory.length > 0 && inMemory.every((chunk) => chunk.length > 0)) yield* inMemory
        else if (staged > 0) yield* readStaged(db, id, count)
        else if (count > 0) yield* readContent(db, id)
      },
    }
  }

  async discard(): Promise<void> {
    this.#discarded = true
    this.#chunks = []
    this.#pieces = []
    await this.#staging?.catch(() => undefined) // whoever waited for the write was told
    if (this.#id !== undefined && this.#staged > 0) await unstage(this.#db, this.#id, null)
  }
}

function chunkInsert(id: number, from: number, chunks: Uint8Array[]): Insert {
  return {
    table: 'chunks',
    columns: chunkColumns,
    rows: chunks.map((bytes, i) => [id, from + i, bytes]),
    zstd: 2,
  }
}

/** Staged chunks, before or after the message that takes them over is committed. */
async function* readStaged(db: Database, contentId: number, count: number): AsyncGenerator<Uint8Array> {
  for (let n = 0; n < count; n++) {
    const row = await db.read
      .selectFrom('chunks')
      .select('bytes')
      .where('content_id', '=', contentId)
      .where('n', '=', n)
      .executeTakeFirst()
    if (!row) throw new Error(`content ${contentId}: staged chunk ${n} is missing`)
    yield unpacked(row.bytes)
  }
}
