/** Promise: one who asks too much waits no longer than is allowed, and keeps nobody else waiting. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Problem } from '../../problem.ts'
import { openSqlite } from './engine.ts'

test('a statement that takes too long is given up, and what waited behind it is answered', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-readers-'))
  const failures: Error[] = []
  try {
    await using engine = await openSqlite({
      file: join(folder, 'lazaret.db'),
      readers: 1,
      cacheKb: 1000,
      checkpointBytes: 1 << 20,
      statementTimeoutMs: 200,
      failed: (error) => failures.push(error),
    })
    // Some seconds of work that gives one row.
    const endless = engine.all(
      'with recursive n(i) as (select 1 union all select i + 1 from n where i < 5000000) select count(*) from n',
    )
    const isTold = (error: unknown) =>
      error instanceof Problem && /longer than 0\.2 seconds/.test(error.message)
    const overdue = assert.rejects(endless, isTold)
    const behind = await engine.all<{ one: number }>('select 1 as one')
    assert.deepEqual(behind, [{ one: 1 }])
    await overdue
    assert.deepEqual(await engine.all('select 2 as two'), [{ two: 2 }])
    await assert.rejects(engine.all('select absent'), /no such column/)
    assert.deepEqual(await engine.all('select 3 as three'), [{ three: 3 }])
    assert.deepEqual(failures, [])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
