/**
 * `lazaret serve`: runs the server until it is told to stop. SIGTERM and SIGINT stop it in good order, within
 * server.stop_timeout_s; a second one at once. SIGHUP reads the configuration again.
 */
import { closeSync, openSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Part, parts } from '../app/parts.ts'
import { version } from '../app/version.ts'
import type { App } from '../app.ts'
import { environmentSettings, type LoadedConfig, loadConfig, wholeEnvironment } from '../config.ts'
import { Problem } from '../problem.ts'
import { compileAll } from './compile.ts'
import { beginLean } from './lean.ts'
import { say, tell } from './terminal.ts'

const help = `
Without a configuration file everything has a default: mail comes in on 127.0.0.1:10024, the API answers on
https://127.0.0.1:8445, users look after their held mail on https://127.0.0.1:8447, the store is in ./data, and in
trial mode released mail goes to files there.

Examples:
  lazaret serve
  lazaret serve --config /etc/lazaret/lazaret.toml
  lazaret serve --roles intake,delivery       on PostgreSQL: this machine takes in and sends on only
  lazaret serve --roles euq-secondary         on PostgreSQL: this machine helps to answer users

Signals: SIGTERM or SIGINT stop it, SIGHUP reads the configuration again.`

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('run the server')
    .option('--config <file>', 'configuration file (LAZARET_CONFIG)')
    .option('--roles <list>', `which parts run: ${parts.join(', ')}`, rolesOf)
    .addOption(new Option('--compile', 'compile everything beforehand, and end').hideHelp())
    .addHelpText('after', help)
    .action(serve)
}

function rolesOf(text: string): Part[] {
  return text.split(',').map((word) => {
    const part = parts.find((name) => name === word.trim())
    if (!part)
      throw new InvalidArgumentError(`There is no role ${word.trim()}; roles are ${parts.join(', ')}.`)
    return part
  })
}

async function serve(options: { config?: string; roles?: Part[]; compile?: boolean }): Promise<void> {
  if (options.compile) return await compileAll()
  beginLean(wholeEnvironment())
  // Mail is nobody else's to read, in whatever folder it is kept.
  process.umask(process.umask() | 0o007)
  const loaded = loadConfig(options.config)
  for (const warning of loaded.warnings) tell(`Warning: ${warning}`)
  const stopped = stopSignals(loaded.config.server.stop_timeout_s)
  const adminPassword = environmentSettings().adminPassword
  const { startApp } = await import('../app.ts') // what only a server needs is loaded by a server only
  const app = await startApp(loaded, { parts: options.roles, adminPassword })
  say(banner(app, loaded))
  const inTerminal = process.stdin.isTTY
  // A terminal that is closed sends the same signal.
  process.on('SIGHUP', () =>
    inTerminal && !hasTerminal() ? process.kill(process.pid, 'SIGTERM') : reload(app),
  )
  await stopped
  app.ctx.log.info('stopping')
  await app[Symbol.asyncDispose]()
  process.exit(0)
}

/** Resolves at the first signal. Ctrl-C reaches us through npm as well: what comes within a second is one signal. */
export function stopSignals(timeoutS: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let since = Number.POSITIVE_INFINITY
  const stop = () => {
    if (performance.now() - since > 1000) process.exit(1)
    if (since !== Number.POSITIVE_INFINITY) return
    since = performance.now()
    setTimeout(() => {
      tell(`Not everything ended within ${timeoutS} s; the rest is cut off.`)
      process.exit(1)
    }, timeoutS * 1000).unref()
    resolve()
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  return promise
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return false
  }
}

function reload(app: App): void {
  const { log } = app.ctx
  try {
    const { changed, needRestart } = app.reload()
    if (needRestart.length > 0)
      log.warn({ needRestart }, 'these keys changed but take effect only after a restart')
    if (changed.length === 0 && needRestart.length === 0)
      log.info('configuration read again, nothing has changed')
  } catch (error) {
    if (error instanceof Problem)
      log.error({ problem: error.message }, 'configuration not reloaded, everything stays as it was')
    // A full disk, say: no reason to stop taking mail.
    else app.ctx.events.tell({ kind: 'failure', where: 'reload', error })
  }
}

export function banner(app: App, loaded: LoadedConfig): string {
  const { config } = app
  const lines = [
    `Lazaret ${version}`,
    ...app.intakeAddresses.map((address) => `  mail in       ${address}`),
    ...(app.trial
      ? [
          `  next hop      none: TRIAL MODE, released and clean mail is NOT delivered but kept in`,
          `                ${app.trial.inbox} (set next_hop.host)`,
        ]
      : [`  next hop      ${config.next_hop.protocol} ${config.next_hop.host}:${config.next_hop.port}`]),
    ...app.adminUrls.map((url) => `  console       ${url}   (API: ${url}/api)`),
    ...(app.adminUrls.length > 0 && app.certificate.selfSigned
      ? [`                self-signed certificate, SHA-256 ${app.certificate.fingerprint}`]
      : []),
    ...app.euqUrls.map((url) => `  users         ${url}`),
    ...(app.lacksUsers
      ? ['                nobody yet: lazaret user invite anna@example.org lets somebody in']
      : []),
    `  store         ${config.store.engine === 'sqlite' ? loaded.dataDir : 'PostgreSQL'}`,
    `  configuration ${loaded.file ?? 'all defaults (lazaret config example shows them)'}`,
  ]
  const { firstAdministrator: first } = app
  if (first?.generated) lines.push('', ...firstPassword(first, app.adminUrls[0]))
  else if (first)
    lines.push('', `  First administrator: ${first.name}, with the password from LAZARET_ADMIN_PASSWORD.`)
  return `${lines.join('\n')}\n`
}

/** The link has the password behind the #: what stands there no browser sends, so no log along the way has it. */
function firstPassword({ name, password }: { name: string; password: string }, url?: string): string[] {
  const reachable = url?.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
  return [
    `  First administrator: ${name}, password ${password}`,
    ...(reachable
      ? ['  Set your own here:', `    ${reachable}/first-run#${new URLSearchParams({ name, password })}`]
      : []),
    '  Keep it until you have: it is not shown again.',
  ]
}
