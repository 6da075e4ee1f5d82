/**
 * Copies the write-ahead log back into the database file, on a connection of its own, while the writer goes on. The
 * log starts again from its beginning when all of it was copied and nobody reads in it.
 */
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
import { serve } from './serve.ts'

const { file } = workerData as { file: string }
const db = new DatabaseSync(file, { timeout: 1000 })
db.exec('pragma synchronous = full')
db.exec('pragma wal_autocheckpoint = 0')
const statement = db.prepare('pragma wal_checkpoint(passive)')

serve({
  /** Frames in the log, and how many of them are in the database file now. */
  checkpoint: () => {
    const row = statement.get() as { log: number; checkpointed: number }
    return { frames: row.log, copied: row.checkpointed }
  },
  close: () => db.close(),
})
