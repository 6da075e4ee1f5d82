/**
 * A server whose code is not compiled yet loads the compiler of TypeScript in each of its threads, some 8 MB apiece. So
 * before the very first start everything that a server loads is compiled and kept, in a process of its own.
 */
import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { version } from '../app/version.ts'
import { defaultConfig } from '../config.ts'

const limitMs = 30_000

/**
 * @param flags of Node, the same as the server's: V8 keeps what it compiled apart for each set of them.
 * @param main the program's own file, which is started with `serve --compile`.
 * @returns what went wrong, for people; null when all is well. A server starts all the same.
 */
export function compileOnce(
  flags: readonly string[],
  main: string,
  folder: string,
  environment: Record<string, string | undefined>,
): string | null {
  const mark = join(folder, `compiled-${version}-${process.version}-${sourcesMark()}`)
  if (existsSync(mark)) return null
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(`${mark}.begun`, '')
  } catch (error) {
    // Read-only, for instance: there is no cache then.
    return `no compiled code can be kept (${(error as Error).message})`
  }
  const { status, error, stderr } = spawnSync(process.execPath, [...flags, main, 'serve', '--compile'], {
    env: { ...environment, NODE_COMPILE_CACHE: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: limitMs,
  })
  rmSync(`${mark}.begun`, { force: true })
  if (status !== 0) return `compiling beforehand failed (${error?.message ?? String(stderr).slice(-500)})`
  writeFileSync(mark, '')
  return null
}

/** Another one after an upgrade in place: what was compiled before is of no use then. */
function sourcesMark(): string {
  const folder = fileURLToPath(new URL('..', import.meta.url))
  const files = (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name))
      return `${name} ${size} ${mtimeMs}`
    })
  return hash('sha256', files.join('\n')).slice(0, 16)
}

/** In that process: opens a whole server that listens nowhere, on a folder of its own, and closes it again. */
export async function compileAll(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazaret-compile-'))
  try {
    const config = defaultConfig()
    config.log.level = 'silent'
    config.next_hop.host = '127.0.0.1' // nothing is sent: no part runs
    const { startApp } = await import('../app.ts')
    await using _ = await startApp(
      { config, file: null, dataDir, warnings: [] },
      { parts: [], adminPassword: 'never to be used' },
    )
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}
