import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

test('the demonstration does the whole round, finds everything in order, and leaves nothing behind', () => {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'demo', '--once', '--count', '60'], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  assert.equal(status, 0, stdout + stderr)
  assert.match(stdout, /60 were answered 250/)
  assert.match(stdout, /identical below the trace lines/)
  assert.match(stdout, /Everything was as it should be/)
  assert.doesNotMatch(stdout, /✖/)
  const [folder = ''] = /\S*lazaret-demo-\w+/.exec(stderr) ?? []
  assert.equal(folder !== '' && existsSync(folder), false)
})
