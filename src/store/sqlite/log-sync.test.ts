/** Promise: nobody is told yes for what a sync that failed should have made durable. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSqlite } from './engine.ts'
import { LogSync } from './log-sync.ts'

function temporaryFolder(): Disposable & { path: string } {
  const path = mkdtempSync(join(tmpdir(), 'lazaret-log-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Ends each sync when the test says so. */
function slowDisk() {
  const syncs: (PromiseWithResolvers<void> & { file: FileHandle })[] = []
  const begun = async (count: number) => {
    while (syncs.length < count) await new Promise(setImmediate)
  }
  const syncFile = (file: FileHandle) => {
    const sync = { ...Promise.withResolvers<void>(), file }
    syncs.push(sync)
    return sync.promise
  }
  return { syncs, begun, syncFile }
}

test('syncs at the same time have a descriptor each; one that fails fails all that end after it', async () => {
  using folder = temporaryFolder()
  const path = join(folder.path, 'log')
  writeFileSync(path, '')
  const { syncs, begun, syncFile } = slowDisk()
  const failures: Error[] = []
  await using log = new LogSync(path, (error) => failures.push(error), syncFile)
  const [first, second] = [log.sync(), log.sync()]
  await begun(2)
  assert.notEqual(syncs[0]!.file.fd, syncs[1]!.file.fd)
  syncs[1]!.reject(new Error('EIO'))
  await assert.rejects(second, /EIO/)
  syncs[0]!.resolve()
  await assert.rejects(first, /EIO/)
  await assert.rejects(log.sync(), /EIO/)
  assert.equal(syncs.length, 2)
  assert.equal(failures.length, 1)
})

test('a store whose log could not be synced takes nothing more', async () => {
  using folder = temporaryFolder()
  let broken = false
  const told: Error[] = []
  await using engine = await openSqlite({
    file: join(folder.path, 'a.db'),
    readers: 1,
    cacheKb: 100,
    checkpointBytes: 1e6,
    failed: (error) => told.push(error),
    syncFile: async () => {
      if (broken) throw new Error('EIO')
    },
  })
  await engine.transaction((tx) => tx.run('create table t (a text)'))
  const columns = ['a']
  const commit = (text: string) => engine.commit(() => [{ table: 't', columns, rows: [[text]] }])
  await commit('kept')
  broken = true
  await assert.rejects(commit('unknown'), /EIO/)
  broken = false
  await assert.rejects(commit('too late'), /EIO/)
  await assert.rejects(
    engine.transaction((tx) => tx.run("insert into t values ('too late')")),
    /EIO/,
  )
  assert.equal(told.length, 1)
  const rows = await engine.all<{ a: string }>('select a from t order by rowid')
  assert.ok(!rows.some(({ a }) => a === 'too late'))
})
