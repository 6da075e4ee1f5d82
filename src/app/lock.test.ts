import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Problem } from '../problem.ts'
import { isLocked, lockDataDir } from './lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-lock-'))
after(() => rmSync(folder, { recursive: true }))

test('two never have one folder; the lock ends with its process, even a killed one', async (t) => {
  const script = `const { lockDataDir } = await import(${JSON.stringify(new URL('./lock.ts', import.meta.url))})
    globalThis.held = lockDataDir(${JSON.stringify(folder)}) // what nobody holds is garbage, and unlocked
    console.log('locked'); setInterval(() => {}, 1000)`
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => other.kill('SIGKILL'))
  await once(other.stdout, 'data')
  assert.throws(
    () => lockDataDir(folder),
    (error: Problem) => error.code === 'conflict' && error.facts.pid === other.pid,
  )
  assert.equal(isLocked(folder), true)
  other.kill('SIGKILL')
  await once(other, 'exit')
  {
    using _lock = lockDataDir(folder)
    assert.equal(isLocked(folder), true)
  }
  assert.equal(isLocked(folder), false)
})
