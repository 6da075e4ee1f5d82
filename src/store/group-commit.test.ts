import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Insert } from './engine.ts'
import { GroupCommit, type Written } from './group-commit.ts'

const row = (value: string): Insert[] => [{ table: 't', columns: ['c'], rows: [[value]] }]
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A commit under way that the test ends by hand. */
function slowStore() {
  const batches: string[][] = []
  const ends: ((answers?: (string | null)[]) => void)[] = []
  const commit = (groups: Insert[][]) => {
    batches.push(groups.map((group) => String(group[0]?.rows[0]?.[0])))
    return new Promise<Written>((resolve) => {
      ends.push((answers = groups.map(() => null)) => resolve({ answers, durable: Promise.resolve() }))
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

test('the next batch is written while one is being synced; an answer waits for its own sync', async () => {
  const syncs: { resolve: () => void; reject: (error: Error) => void }[] = []
  const batches: string[][] = []
  const group = new GroupCommit(
    async (groups) => {
      batches.push(groups.map((rows) => String(rows[0]?.rows[0]?.[0])))
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      syncs.push({ resolve, reject })
      return { answers: groups.map(() => null), durable: promise }
    },
    { cohorts: 2 },
  )
  const answered: string[] = []
  const commit = async (name: string) => {
    await group.commit(() => row(name))
    answered.push(name)
  }
  const first = commit('a')
  await turn()
  const second = commit('b')
  await turn()
  const third = commit('c')
  await turn()
  assert.deepEqual(batches, [['a'], ['b']], 'c waits: two batches are not durable yet')
  assert.deepEqual(answered, [])
  syncs[1]?.resolve()
  await second
  assert.deepEqual(answered, ['b'])
  while (batches.length < 3) await turn()
  syncs[0]?.reject(new Error('no disk'))
  await assert.rejects(first, /no disk/)
  syncs[2]?.resolve()
  await third
  assert.deepEqual(batches[2], ['c'])
})
