/**
 * The program as a user meets it: `lazaret serve` as a process of its own with a configuration file, and the commands
 * beside it, with their exit codes.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

const main = join(import.meta.dirname, '..', 'src', 'main.ts')
const folder = mkdtempSync(join(tmpdir(), 'lazaret-serve-'))
const file = join(folder, 'lazaret.toml')
const password = 'a first password 1'
const euq = '[euq]\nlisten = ["127.0.0.1:0"]\nsecondary_listen = ["127.0.0.1:0"]\n'
const configuration = (more = '') =>
  `[smtp]\nlisten = ["127.0.0.1:0"]\n${more}\n[admin]\nlisten = ["127.0.0.1:0"]\n${euq}`

interface Run {
  process: ChildProcess
  output: string
  port: number
}

let server: Run

/** Starts the server; resolves when its banner is out. */
async function serve(): Promise<Run> {
  const child = spawn(process.execPath, [main, 'serve', '--config', file], {
    env: { ...process.env, LAZARET_ADMIN_PASSWORD: password },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const run: Run = { process: child, output: '', port: 0 }
  const add = (data: Buffer) => {
    run.output += data.toString()
  }
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  await said(run, /configuration .*\n/)
  run.port = Number(/smtp 127\.0\.0\.1:(\d+)/.exec(run.output)?.[1])
  return run
}

async function said(run: Run, pattern: RegExp): Promise<void> {
  const ended = once(run.process, 'exit').then(() => assert.fail(`it ended: ${run.output}`))
  ended.catch(() => undefined)
  while (!pattern.test(run.output))
    await Promise.race([once(run.process.stdout!, 'data'), once(run.process.stderr!, 'data'), ended])
}

function lazaret(args: string[], input?: string, env: Record<string, string> = {}) {
  const all = args[0] === 'config' || args.includes('--url') ? args : [...args, '--config', file]
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...all], {
    encoding: 'utf8',
    input,
    env: { ...process.env, ...env },
    timeout: 60_000,
  })
  return { status, stdout, stderr }
}

/** An SMTP session by hand. */
class Session {
  readonly #socket: Socket
  #text = ''

  constructor(port: number) {
    this.#socket = connect(port, '127.0.0.1').setEncoding('utf8')
    this.#socket.on('data', (data: string) => {
      this.#text += data
    })
  }

  /** The next whole reply. */
  async reply(): Promise<string> {
    const whole = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/
    while (!whole.test(this.#text)) await once(this.#socket, 'data')
    const [found = ''] = whole.exec(this.#text) ?? []
    this.#text = this.#text.slice(found.length)
    return found
  }

  async ask(line: string): Promise<string> {
    this.#socket.write(`${line}\r\n`)
    return this.reply()
  }

  end(): void {
    this.#socket.destroy()
  }
}

/** Sends one message; the reply to its end. */
async function send(port: number, recipients: string[], message: string): Promise<string> {
  const session = new Session(port)
  await session.reply()
  await session.ask('EHLO client.example')
  await session.ask('MAIL FROM:<sender@x.example>')
  for (const recipient of recipients) await session.ask(`RCPT TO:<${recipient}>`)
  await session.ask('DATA')
  const reply = await session.ask(`${message}.`)
  session.end()
  return reply
}

const spam = (subject: string) =>
  `From: a@x.example\r\nSubject: ${subject}\r\nX-Spam-Flag: YES\r\n\r\nbuy\r\n`

before(async () => {
  writeFileSync(file, configuration())
  server = await serve()
})
after(() => {
  server.process.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test('the first start makes what it needs, for its owner only, and says what matters', () => {
  assert.match(server.output, /TRIAL MODE/)
  assert.match(server.output, /https:\/\/127\.0\.0\.1:\d+/)
  assert.match(server.output, /First administrator: admin/)
  assert.ok(!server.output.includes(password), 'a password that was given is not shown')
  assert.equal(statSync(join(folder, 'data')).mode & 0o777, 0o700)
  assert.equal(statSync(join(folder, 'data', 'cli.key')).mode & 0o777, 0o600)
  assert.equal(statSync(join(folder, 'data', 'lazaret.db')).mode & 0o007, 0)
})

test('a second server on the same data directory is refused, and the first goes on', () => {
  const { status, stderr } = lazaret(['serve'])
  assert.equal(status, 1)
  assert.match(stderr, new RegExp(`is in use by process ${server.process.pid}\\.`))
})

test('mail is found, shown, released and followed on the command line', async () => {
  assert.match(await send(server.port, ['Bob@y.example', 'permerror@y.example'], spam('\x1b[31mred')), /^250/)
  const found = JSON.parse(lazaret(['query', '--sender', '*@X.example', '--json']).stdout)
  assert.equal(found.total, 1)
  const [{ id }] = found.items
  assert.equal(lazaret(['query', '--ids', '--recipient', 'bob@y.example']).stdout, `${id}\n`)
  assert.equal(lazaret(['query', '--subject', 'red', '--ids']).stdout, '')

  const shown = lazaret(['show', id])
  assert.equal(shown.status, 0)
  assert.match(shown.stdout, /Why held:.*\n/)
  assert.ok(!shown.stdout.includes('\x1b'), 'mail does not drive the terminal')
  assert.equal(lazaret(['show', id, '--raw']).stdout, spam('\x1b[31mred'))

  const released = lazaret(['release', id, '--wait'])
  assert.match(released.stdout, /Bob@y\.example: delivered: 250/)
  assert.match(released.stdout, /permerror@y\.example: release-failed: 550/)
  assert.equal(released.status, 1, 'not every copy arrived')
  const again = lazaret(['release', id, '--recipient', 'bob@y.example'])
  assert.equal(again.status, 1)
  assert.match(again.stdout, /Released already by local/)
  const [line = ''] = lazaret(['deliveries', '--state', 'failed']).stdout.split('\n').slice(1)
  assert.match(line, /permerror@y\.example +failed +1 .*550/)
  assert.equal(lazaret(['deliveries', 'retry', line.split(' ')[0] ?? '']).status, 1, 'it is not due any more')
  assert.match(lazaret(['audit']).stdout, /message\.release/)
})

test('delete and restore, each with its exit code', async () => {
  await send(server.port, ['c@y.example'], spam('trash'))
  const id = lazaret(['query', '--subject', 'trash', '--ids']).stdout.trim()
  assert.equal(lazaret(['delete', id]).status, 0)
  assert.equal(lazaret(['delete', id]).status, 1)
  assert.equal(lazaret(['restore', id]).status, 0)
  assert.match(lazaret(['status']).stdout, /held: +1\n/)
  assert.match(lazaret(['areas']).stdout, /Spam +2 +30 days/)
})

test('accounts and keys: a key made here opens the API from elsewhere, with its role only', () => {
  assert.equal(lazaret(['account', 'add', 'desk', '--role', 'operator'], 'another password 2\n').status, 0)
  assert.match(lazaret(['account']).stdout, /desk +operator/)
  const key = lazaret(['key', 'add', 'reports', '--account', 'desk', '--role', 'auditor']).stdout.trim()
  assert.match(key, /^lzk_/)
  const url = /https:\/\/127\.0\.0\.1:\d+/.exec(server.output)?.[0] ?? ''
  const remote = ['--url', url, '--ca', join(folder, 'data', 'tls-cert.pem'), '--key', key]
  assert.equal(lazaret(['query', ...remote]).status, 0)
  assert.equal(lazaret(['account', ...remote]).status, 1, 'an auditor manages no accounts')
  assert.equal(lazaret(['query', '--url', url, '--key', key]).status, 3, 'a certificate nobody vouches for')
  assert.equal(lazaret(['query', ...remote.slice(0, 4), '--key', `lzk_${'x'.repeat(43)}`]).status, 1)
})

test('wrong usage is 2, an unreachable server 3', () => {
  assert.equal(lazaret(['query', '--nonsense']).status, 2)
  assert.equal(lazaret(['query', '--from', 'the other day']).status, 2)
  assert.equal(lazaret(['release']).status, 2)
  assert.equal(lazaret(['frobnicate']).status, 2)
  assert.equal(lazaret(['query', '--url', 'https://127.0.0.1:9', '--key', 'x']).status, 3)
  assert.equal(lazaret(['--help']).status, 0)
})

test('config check tells everything that is wrong, for people and for programs', () => {
  const wrong = join(folder, 'wrong.toml')
  writeFileSync(
    wrong,
    '[smtp]\nlisten = ["nowhere"]\n[[rules]]\nname = "R"\ndisposition = "quarantine"\narea = "None"\n',
  )
  const shown = lazaret(['config', 'check', wrong])
  assert.equal(shown.status, 2)
  assert.match(shown.stderr, /wrong\.toml:2: smtp\.listen\.0: must be host:port/)
  writeFileSync(wrong, '[[rules]]\nname = "R"\ndisposition = "quarantine"\narea = "None"\n')
  const told = lazaret(['config', 'check', wrong, '--json'])
  assert.equal(told.status, 2)
  assert.match(JSON.parse(told.stdout).findings[0].where, /wrong\.toml:1$/)
  assert.match(lazaret(['config', 'example']).stdout, /#listen = \["127\.0\.0\.1:10024"\]/)
})

test('check proves the store beside the running server; doctor finds nothing bad', () => {
  const report = JSON.parse(lazaret(['check', '--json']).stdout)
  assert.deepEqual(report.findings, [])
  assert.equal(report.messages, 2)
  const doctor = lazaret(['doctor', '--json'])
  const bad = JSON.parse(doctor.stdout).findings.filter(({ level }: { level: string }) => level === 'bad')
  assert.deepEqual(bad, [])
})

test('SIGHUP: what can be reloaded takes effect, sessions stay, a bad file changes nothing', async () => {
  const session = new Session(server.port)
  await session.reply()
  assert.match(await session.ask('EHLO client.example'), /SIZE 100000000\r\n/)

  writeFileSync(file, configuration('message_limit_mb = 7\n[server]\nstop_timeout_s = 14'))
  server.process.kill('SIGHUP')
  await said(server, /smtp\.message_limit_mb/)
  await said(server, /server\.stop_timeout_s/)
  assert.match(await session.ask('EHLO client.example'), /SIZE 7000000\r\n/)

  writeFileSync(file, configuration('message_limit_mb = "many"'))
  server.process.kill('SIGHUP')
  await said(server, /not reloaded/)
  assert.match(server.output, /message_limit_mb: must be a number/)
  assert.match(await session.ask('EHLO client.example'), /SIZE 7000000\r\n/)
  writeFileSync(file, configuration())

  // An error of ours, such as a full disk: something is in the way of a file that is written anew.
  const obstacle = join(folder, 'data', 'cli.key.new')
  mkdirSync(obstacle)
  server.process.kill('SIGHUP')
  await said(server, /EISDIR/)
  assert.match(await session.ask('EHLO client.example'), /^250/)
  rmdirSync(obstacle)
  session.end()
})

test('SIGTERM ends it with code 0; the store is whole; mail is still there after the next start', async () => {
  const ended = once(server.process, 'exit')
  server.process.kill('SIGTERM')
  assert.deepEqual(await ended, [0, null])
  assert.equal(lazaret(['query']).status, 3)
  const stopped = lazaret(['check'])
  assert.equal(stopped.status, 0, stopped.stdout + stopped.stderr)
  server = await serve()
  assert.ok(!server.output.includes('First administrator'))
  assert.equal(JSON.parse(lazaret(['query', '--json']).stdout).total, 2)
  assert.match(
    readFileSync(join(folder, 'data', 'lazaret.pid'), 'utf8'),
    new RegExp(`^${server.process.pid}\n`),
  )
})
