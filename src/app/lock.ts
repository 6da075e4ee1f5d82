/**
 * One process for one data directory. The lock is the operating system's, taken through an (otherwise empty) SQLite
 * file, so that it ends with the process however that ends, and holds between containers that share the folder. A pid
 * file beside it is for people only.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Problem } from '../problem.ts'

const sqliteBusy = 5

/** @throws Problem 'conflict' when another process has it. */
export function lockDataDir(dataDir: string): Disposable {
  const file = take(dataDir)
  if (!file) {
    const facts = { pid: lockHolder(dataDir) }
    const who = facts.pid === null ? 'another process' : `process ${facts.pid}`
    throw new Problem(
      'conflict',
      `${dataDir} is in use by ${who}.`,
      'Stop that one first, or set server.data_dir.',
      facts,
    )
  }
  const pidFile = join(dataDir, 'lazaret.pid')
  writeFileSync(pidFile, `${process.pid}\n`)
  return {
    [Symbol.dispose]() {
      rmSync(pidFile, { force: true })
      file.close()
    },
  }
}

/** Null when another process has it. */
function take(dataDir: string): DatabaseSync | null {
  const file = new DatabaseSync(join(dataDir, 'lock'))
  try {
    file.exec('begin exclusive')
    return file
  } catch (error) {
    file.close()
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error
    return null
  }
}

/** The process id that the last holder wrote; null when there is none. */
export function lockHolder(dataDir: string): number | null {
  try {
    return Number.parseInt(readFileSync(join(dataDir, 'lazaret.pid'), 'utf8'), 10) || null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Whether a process has the folder right now. Leaves nothing behind. */
export function isLocked(dataDir: string): boolean {
  if (!existsSync(join(dataDir, 'lock'))) return false
  const file = take(dataDir)
  file?.close()
  return file === null
}
