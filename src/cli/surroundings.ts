/**
 * Errors of the surroundings in words: a database server that is not there, a file that is no database, a full disk.
 * They reach the command line as whatever the system or a driver throws, and are no bugs of ours.
 */

export interface Trouble {
  text: string
  remedy: string
}

interface Told {
  message: string
  code?: string
  syscall?: string
  /** Of SQLite. */
  errcode?: number
  /** Of PostgreSQL. */
  severity?: string
}

const fileRemedy = 'Check the path, its owner, and the room on the disk.'
const postgresRemedy = 'Check store.url, and that PostgreSQL runs and lets this account in.'
/** The primary result codes of SQLite that are not about a statement of ours. */
const sqlite: Record<number, string> = {
  8: 'The store may not be written to. Check the owner of the data directory.',
  10: 'The disk has an error. Look into the log of the system.',
  11: 'The store is damaged. Restore a backup of the data directory; search.db alone may be removed, it is made anew.',
  13: 'The disk is full. Make room.',
  14: 'The store cannot be opened. Check the owner of the data directory.',
  26: 'A file of the data directory is no database. Restore a backup, or set server.data_dir to another folder.',
}

/** Null: none of these. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof AggregateError) return troubleOf(error.errors[0])
  if (!(error instanceof Error)) return null
  const { message, code = '', syscall, errcode, severity } = error as Told
  const remedy = errcode === undefined ? undefined : sqlite[errcode & 0xff]
  if (code === 'ERR_SQLITE_ERROR' && remedy) return { text: `SQLite: ${message}.`, remedy }
  if (severity !== undefined && /^[0-9A-Z]{5}$/.test(code))
    return { text: `PostgreSQL: ${message}.`, remedy: postgresRemedy }
  if (syscall === 'connect' || syscall === 'getaddrinfo')
    return { text: `${message}.`, remedy: postgresRemedy }
  if (syscall !== undefined) return { text: `${message}.`, remedy: fileRemedy }
  return null
}
