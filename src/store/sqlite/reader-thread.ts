/** A reader: each request is one statement in its own snapshot. */
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
import type { Value } from '../engine.ts'
import { serve } from './serve.ts'
import { Statements } from './statements.ts'

const { file, cacheKb } = workerData as { file: string; cacheKb: number }
const db = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
db.exec(`pragma cache_size = -${cacheKb}`)
db.exec('pragma temp_store = memory')
const statements = new Statements(db)

serve({
  all: ({ sql, params }: { sql: string; params: Value[] }) => statements.all(sql, params),
  close: () => db.close(),
})
