import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-demo-test-'))
after(() => rmSync(folder, { recursive: true }))

test('the demonstration does the whole round, finds everything in order, and leaves nothing behind', () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'demo', '--once', '--count', '60'], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, TMPDIR: folder },
  })
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /60 were answered 250/)
  assert.match(stdout, /@example\.\w+ is invited: [1-9]\d* messages are held/)
  assert.match(stdout, /identical below the trace lines/)
  assert.match(stdout, /Everything was as it should be/)
  assert.doesNotMatch(stdout, /✖/)
  assert.deepEqual(readdirSync(folder), [])
})
