/** Promises of what npm starts: it can be stopped by what was started, and installs into its own folder only. */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'lazaret-scripts-'))
after(() => rmSync(folder, { recursive: true, force: true }))

test('npm passes SIGTERM on to a shell only: the server ends all the same, in good order', async () => {
  const file = join(folder, 'lazaret.toml')
  const anyPort = 'listen = ["127.0.0.1:0"]\n'
  writeFileSync(file, `[smtp]\n${anyPort}[admin]\n${anyPort}[euq]\n${anyPort}secondary_${anyPort}`)
  // As npm does it; what follows keeps the shell from becoming the script itself.
  const command = `"${process.execPath}" scripts/run.mjs start --config "${file}"; true`
  const shell = spawn('sh', ['-c', command], {
    cwd: root,
    env: { ...process.env, npm_lifecycle_event: 'start' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  // It ends when everybody who could write to it has ended.
  for await (const text of shell.stdout.setEncoding('utf8')) {
    output += text
    if (/configuration .*\n/.test(output)) shell.kill('SIGTERM')
  }
  assert.match(output, /"msg":"stopping"/)
})

test('a linked node_modules is never emptied', () => {
  const checkout = join(folder, 'checkout')
  const others = join(folder, 'others')
  mkdirSync(checkout)
  mkdirSync(others)
  writeFileSync(join(others, 'theirs'), '')
  cpSync(join(root, 'scripts'), join(checkout, 'scripts'), { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(root, name), join(checkout, name))
  symlinkSync(others, join(checkout, 'node_modules'))
  const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'lazaret', '--version'], {
    cwd: checkout,
    encoding: 'utf8',
  })
  assert.equal(status, 1)
  assert.match(stderr, /is a link to another folder/)
  assert.deepEqual(readdirSync(others), ['theirs'])
})
