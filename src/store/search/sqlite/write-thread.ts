/**
 * The writing thread of the search index: lives for as long as it takes to make a segment, or to take out what is
 * forgotten, and gives its memory back. search.db is derived from the main database, so it is synchronous=NORMAL: after a power
 * cut it is whole, but may lack its last segments, which are then made again. Only forgetting is fsynced, since the
 * main database stops listing what was forgotten.
 */
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
import { serve } from '../../sqlite/serve.ts'
import type { Entry } from '../index.ts'
import { buildSegment, type SegmentSource } from './build.ts'
import { blockKey, columns, isOfToday, layoutVersion, pageKey, parts, schema } from './layout.ts'
import type { SegmentFacts } from './segment.ts'
import { newEntries, oldSegments } from './sources.ts'
import { type Flat, unflatten } from './transfer.ts'

const { file } = workerData as { file: string }
const db = open()
const insertPage = db.prepare('insert into parts (page, bytes) values (?, ?)')
const insertText = db.prepare('insert into texts (block, text) values (?, ?)')
const insertSegment = db.prepare(
  'insert into segments (segment, rows, min_id, max_id, chars, dead) values (?, ?, ?, ?, ?, null)',
)
const updateDead = db.prepare('update segments set dead = ? where segment = ?')
const taken: Entry[] = []

/** A database of another layout, or one that is no database, is thrown away: it can be built anew. */
function open(): DatabaseSync {
  try {
    const known = connect()
    if (isOfToday(known)) return known
    known.close()
  } catch (error) {
    if (!isDamage(error)) throw error
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  const fresh = connect()
  fresh.exec(`begin; ${schema}`)
  fresh.prepare('insert into meta (key, value) values (?, ?)').run('layout', String(layoutVersion))
  fresh.exec('commit')
  return fresh
}

function connect(): DatabaseSync {
  const connection = new DatabaseSync(file, { timeout: 10_000 })
  connection.exec('pragma page_size = 8192')
  connection.exec('pragma journal_mode = wal')
  connection.exec('pragma synchronous = normal')
  connection.exec('pragma cache_size = -4000')
  connection.exec('pragma journal_size_limit = 16000000')
  return connection
}

/** SQLITE_CORRUPT or SQLITE_NOTADB */
const isDamage = (error: unknown): boolean =>
  [11, 26].includes(Number((error as { errcode?: number }).errcode) & 0xff)

function transaction<T>(work: () => T): T {
  db.exec('begin immediate')
  try {
    const result = work()
    db.exec('commit')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('rollback')
    throw error
  }
}

function write(segment: number, source: SegmentSource): SegmentFacts {
  let chars = 0
  buildSegment(segment, source, {
    page: (key, bytes) => insertPage.run(key, bytes),
    text(block, text) {
      chars += text.length
      insertText.run(block, text)
    },
  })
  const { ids } = source
  const made = { segment, rows: ids.length, minId: ids[0] as number, maxId: ids.at(-1) as number, chars }
  insertSegment.run(segment, made.rows, made.minId, made.maxId, chars)
  return made
}

/** Nobody begins to read it any more; its pages follow when those who read it now have ended, or at the next start. */
function unlist(segment: number): void {
  db.prepare('delete from segments where segment = ?').run(segment)
  db.prepare('insert or ignore into dropped (segment) values (?)').run(segment)
}

function drop(segment: number): void {
  unlist(segment)
  db.prepare('delete from parts where page >= ? and page < ?').run(
    pageKey(segment, parts.ids, 0),
    pageKey(segment + 1, parts.ids, 0),
  )
  db.prepare('delete from texts where block >= ? and block < ?').run(
    blockKey(segment, columns.sender, 0),
    blockKey(segment + 1, columns.sender, 0),
  )
  db.prepare('delete from dropped where segment = ?').run(segment)
}

for (const { segment } of db.prepare('select segment from dropped').all() as { segment: number }[])
  transaction(() => drop(segment))

serve({
  /** Answers when the database is there. */
  opened(): void {},
  /** Entries of the segment to be built, piece by piece, in order of id. */
  take(flat: Flat): void {
    for (const entry of unflatten(flat)) taken.push(entry)
  },
  build(segment: number): SegmentFacts {
    return transaction(() => write(segment, newEntries(taken)))
  },
  /** Makes one segment of what is left of several, which are dropped later. */
  merge({ segments, into }: { segments: number[]; into: number }): SegmentFacts {
    const source = oldSegments(db, segments)
    return transaction(() => {
      for (const segment of segments) unlist(segment)
      return write(into, source)
    })
  },
  /** Rows that are gone, all of them for each segment. */
  bury(dead: { segment: number; rows: Uint8Array }[]): void {
    db.exec('pragma synchronous = full')
    try {
      transaction(() => {
        for (const { segment, rows } of dead) updateDead.run(rows, segment)
      })
    } finally {
      db.exec('pragma synchronous = normal')
    }
  },
  drop(segments: number[]): void {
    transaction(() => segments.forEach(drop))
  },
  close(): void {
    db.close()
  },
})
