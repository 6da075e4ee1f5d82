/** A PostgreSQL that is set up as docs/operate/postgresql.md says, for a machine with 4 GB for it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { startPostgres, type TestPostgres } from '../test/postgres.ts'

/** Of 2 MB: its page cache of 1 GB, and what else it shares. */
const pagesWanted = 600
const pagesFile = '/proc/sys/vm/nr_hugepages'

export async function startBenchPostgres(): Promise<TestPostgres> {
  const giveBack = reserveHugePages()
  const settings = { shared_buffers: '1GB', huge_pages: 'try', max_wal_size: '4GB' }
  const server = await startPostgres(settings).catch((error) => {
    giveBack()
    throw error
  })
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      giveBack()
    },
  }
}

function reserveHugePages(): () => void {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    console.log('not root: PostgreSQL goes without huge pages')
    return () => {}
  }
  const before = readFileSync(pagesFile, 'utf8')
  writeFileSync(pagesFile, String(Number(before) + pagesWanted))
  const got = Number(readFileSync(pagesFile, 'utf8')) - Number(before)
  if (got < pagesWanted)
    console.log(`${got} of ${pagesWanted} huge pages were free: PostgreSQL may go without them`)
  return () => writeFileSync(pagesFile, before)
}
