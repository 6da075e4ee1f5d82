import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Insert } from './engine.ts'
import { GroupCommit } from './group-commit.ts'

const row = (value: string): Insert[] => [{ table: 't', columns: ['c'], rows: [[value]] }]
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A commit under way that the test ends by hand. */
function slowStore() {
  const batches: string[][] = []
  const ends: ((answers?: (string | null)[]) => void)[] = []
  const commit = (groups: Insert[][]) => {
    batches.push(groups.map((group) => String(group[0]?.rows[0]?.[0])))
    return new Promise<(string | null)[]>((resolve) => {
      ends.push((answers = groups.map(() => null)) => resolve(answers))
    })
  }
  return { batches, commit, end: (answers?: (string | null)[]) => ends.shift()?.(answers) }
}

test('a lone caller does not wait for company', async () => {
  const store = slowStore()
  const done = new GroupCommit(store.commit).commit(() => row('a'))
  assert.deepEqual(store.batches, [['a']])
  store.end()
  await done
})

test('whatever waits while a commit runs goes into the next one, in order', async () => {
  const store = slowStore()
  const group = new GroupCommit(store.commit)
  const all = ['a', 'b', 'c', 'd'].map((name) => group.commit(() => row(name)))
  assert.deepEqual(store.batches, [['a']])
  store.end()
  await all[0]
  while (store.batches.length < 2) await turn()
  assert.deepEqual(store.batches[1], ['b', 'c', 'd'])
  store.end()
  await Promise.all(all)
})

test('rows are prepared when their batch is formed, so ids grow in the order of commits', async () => {
  const store = slowStore()
  const group = new GroupCommit(store.commit)
  let id = 0
  const first = group.commit(() => row(`a${++id}`))
  const second = group.commit(() => row(`b${++id}`))
  assert.equal(id, 1)
  store.end()
  await first
  while (store.batches.length < 2) await turn()
  store.end()
  await second
  assert.deepEqual(store.batches, [['a1'], ['b2']])
})

test('one caller refused, the others kept; a batch that fails refuses all of its callers and no others', async () => {
  const store = slowStore()
  const group = new GroupCommit(store.commit)
  const first = group.commit(() => row('a'))
  const others = [group.commit(() => row('b')), group.commit(() => row('c'))]
  store.end()
  await first
  while (store.batches.length < 2) await turn()
  store.end([null, 'disk full'])
  const results = await Promise.allSettled(others)
  assert.deepEqual(
    results.map((result) => result.status),
    ['fulfilled', 'rejected'],
  )
  const broken = new GroupCommit(() => Promise.reject(new Error('no disk')))
  await assert.rejects(
    broken.commit(() => row('a')),
    /no disk/,
  )
})

test('a caller whose rows cannot be made is refused alone', async () => {
  const store = slowStore()
  const group = new GroupCommit(store.commit)
  const first = group.commit(() => row('a'))
  const bad = group.commit(() => {
    throw new Error('no rows')
  })
  const good = group.commit(() => row('c'))
  store.end()
  await first
  await assert.rejects(bad, /no rows/)
  while (store.batches.length < 2) await turn()
  assert.deepEqual(store.batches[1], ['c'])
  store.end()
  await good
})

test('a commit takes no more callers than its limit', async () => {
  const store = slowStore()
  const group = new GroupCommit(store.commit, { batchCallers: 2, batchBytes: 1e9 })
  const all = ['a', 'b', 'c', 'd'].map((name) => group.commit(() => row(name)))
  for (let n = 1; n <= 3; n++) {
    while (store.batches.length < n) await turn()
    store.end()
  }
  await Promise.all(all)
  assert.deepEqual(store.batches, [['a'], ['b', 'c'], ['d']])
})
