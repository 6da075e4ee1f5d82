/** A reader: each request is one statement in its own snapshot. */
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
import { type PackedContent, unpack } from '../unpack.ts'
import { Giving, serve } from './serve.ts'
import { Statements } from './statements.ts'
import { buffersOf, type WiredValues, wireRows } from './wire.ts'

const { file, cacheKb } = workerData as { file: string; cacheKb: number }
const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
db.exec(`pragma cache_size = -${cacheKb}`)
db.exec('pragma temp_store = memory')
const statements = new Statements(db)

serve({
  ready(): void {},
  contents: ({ sql, params }: { sql: string; params: WiredValues }) => {
    const contents = statements.all(sql, params).map((row) => unpack(row as unknown as PackedContent))
    return new Giving(
      contents,
      contents.flatMap(({ bytes }) => (bytes ? [bytes.buffer] : [])),
    )
  },
  all: ({ sql, params }: { sql: string; params: WiredValues }) => {
    const rows = statements.all(sql, params)
    return new Giving(wireRows(rows), buffersOf(rows))
  },
  close: () => db.close(),
})
