/**
 * Lazaret as a user runs it: `serve` with a configuration file, in a folder of its own, on free ports of the loopback,
 * its log in a file. Can be killed and started again in the same folder.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../test/postgres.ts'
import { type Api, openApi } from './api.ts'
import { commandOf, type Daemon, processTree, startDaemon, waitForGreeting } from './processes.ts'

const root = join(import.meta.dirname, '..', '..')
const password = 'correct horse battery staple 1'

export interface LazaretOptions {
  /** Kept between starts: configuration, data, log. */
  folder: string
  smtpPort: number
  apiPort: number
  /** 0: no LMTP. */
  lmtpPort?: number
  /** SMTP on 127.0.0.1 that clean and released mail goes to. */
  nextHopPort: number
  /** Database URL: PostgreSQL instead of SQLite. */
  url?: string
  /** Hold everything in area Spam. */
  holdAll?: boolean
  /** More keys of section [smtp]. */
  smtp?: string
  /** More sections of the configuration file. */
  more?: string
  env?: Record<string, string>
  /** A command to run it under (`strace …`). */
  under?: string[]
  /** Options of node itself (`--cpu-prof`). */
  node?: string[]
}

export interface Lazaret {
  options: LazaretOptions
  pid: number
  daemon: Daemon
  log: string
  /** From start to greeting, ms. */
  startedInMs: number
  api(): Promise<Api>
  /** Runs a command of the command line beside it (`check`). */
  command(...args: string[]): { status: number | null; output: string }
  /** SIGTERM; the exit code, or the signal that ended it. */
  stop(): Promise<number | string>
}

export async function lazaretPorts(): Promise<Pick<LazaretOptions, 'smtpPort' | 'apiPort' | 'lmtpPort'>> {
  return { smtpPort: await freePort(), apiPort: await freePort(), lmtpPort: await freePort() }
}

function configuration(options: LazaretOptions): string {
  const { smtpPort, apiPort, lmtpPort, nextHopPort, url, holdAll, smtp, more } = options
  const sections = [
    `[server]\ndata_dir = "data"`,
    url ? `[store]\nengine = "postgres"\nurl = "${url}"` : `[store]\nengine = "sqlite"`,
    `[smtp]\nlisten = ["127.0.0.1:${smtpPort}"]\n${smtp ?? ''}`,
    lmtpPort ? `[lmtp]\nlisten = ["127.0.0.1:${lmtpPort}"]` : '',
    `[next_hop]\nhost = "127.0.0.1"\nport = ${nextHopPort}`,
    `[admin]\nlisten = ["127.0.0.1:${apiPort}"]`,
    more?.includes('[euq]') ? '' : '[euq]\nenabled = false',
    holdAll
      ? '[[rules]]\nname = "Everything"\ndisposition = "quarantine"\narea = "Spam"\nreason = "spam"'
      : '',
    more ?? '',
  ]
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`
}

export async function startLazaret(options: LazaretOptions): Promise<Lazaret> {
  const { folder, env = {}, under = [], node = [] } = options
  mkdirSync(folder, { recursive: true })
  const config = join(folder, 'lazaret.toml')
  if (!existsSync(config)) writeFileSync(config, configuration(options))
  const log = join(folder, 'lazaret.log')
  const main = [process.execPath, ...node, join(root, 'src', 'main.ts')]
  const [command = '', ...args] = [...under, ...main, 'serve', '--config', config]
  const started = performance.now()
  const daemon = startDaemon(command, args, {
    log,
    cwd: folder,
    env: { LAZARET_ADMIN_PASSWORD: password, ...env },
  })
  const gone = new AbortController()
  const early = daemon.ended.then((code) => {
    gone.abort()
    throw new Error(
      `lazaret serve ended with ${code} before it greeted: ${readFileSync(log, 'utf8').slice(-1000)}`,
    )
  })
  early.catch(() => {}) // it ends later, as it should
  await Promise.race([waitForGreeting(options.smtpPort, 30_000, gone.signal), early])
  const startedInMs = performance.now() - started
  return {
    options,
    pid: daemon.pid,
    daemon,
    log,
    startedInMs,
    api: () => signIn(options.apiPort),
    command(...words) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [...main.slice(1), ...words, '--config', config],
        {
          cwd: folder,
          encoding: 'utf8',
          timeout: 300_000,
          maxBuffer: 64 * 1024 * 1024,
        },
      )
      return { status, output: stdout + stderr }
    },
    async stop() {
      // Whatever it runs under ends with it; strace would not pass the signal on.
      const server = processTree([daemon.pid]).findLast((pid) => commandOf(pid).includes('src/main.ts'))
      if (server !== undefined && server !== daemon.pid) process.kill(server, 'SIGTERM')
      else daemon.process.kill('SIGTERM')
      return daemon.end()
    },
  }
}

/** SMTP may be up a moment before the API. */
async function signIn(port: number): Promise<Api> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await openApi(port, 'admin', password)
    } catch (error) {
      if (attempt === 40 || !/ECONNREFUSED/.test(String(error))) throw error
      await sleep(50)
    }
  }
}
