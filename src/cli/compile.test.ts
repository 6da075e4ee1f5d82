import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { wholeEnvironment } from '../config.ts'
import { compileOnce } from './compile.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lazaret-compile-test-'))
after(() => rmSync(folder, { recursive: true }))

test('everything is compiled once, threads included; a folder that cannot be written is told and stops nobody', () => {
  const cache = join(folder, 'cache')
  assert.equal(compileOnce([], main, cache, wholeEnvironment()), null)
  const kept = readdirSync(cache, { recursive: true })
  assert.ok(kept.length > 200, `${kept.length} files: hardly a whole server`)
  const broken = join(folder, 'no-program.ts')
  writeFileSync(broken, 'process.exitCode = 1')
  assert.equal(compileOnce([], broken, cache, wholeEnvironment()), null, 'once is enough')

  assert.match(String(compileOnce([], broken, join(folder, 'other'), wholeEnvironment())), /failed/)
  assert.match(String(compileOnce([], main, join(broken, 'cache'), wholeEnvironment())), /ENOTDIR/)
})
