/** Promise: a client that leaves while a piece is being read is no failure, and the source is ended. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { streamOf, watched } from './streaming.ts'

test('left while a piece is on its way: the source ends, and nothing has failed', async () => {
  const asked = Promise.withResolvers<void>()
  const arrives = Promise.withResolvers<void>()
  let ended = false
  async function* source() {
    try {
      yield Buffer.from('one')
      asked.resolve()
      await arrives.promise
      yield Buffer.from('two')
    } finally {
      ended = true
    }
  }
  const failures: unknown[] = []
  const reader = streamOf(source(), (error) => failures.push(error) > 0).getReader()
  const read = reader.read()
  await asked.promise
  const left = reader.cancel()
  arrives.resolve()
  await left
  assert.equal((await read).done, true)
  assert.deepEqual(failures, [])
  assert.ok(ended)
})

test('the end is told once: after the last piece, a failure, or when it was left before its beginning', async () => {
  async function* source(fails: boolean) {
    yield Buffer.from('one')
    if (fails) throw new Error('no more')
  }
  let ends = 0
  const watchedOnce = (fails: boolean) => watched(source(fails), () => ends++)
  assert.equal((await Array.fromAsync(watchedOnce(false))).length, 1)
  assert.equal(ends, 1)
  await assert.rejects(Array.fromAsync(watchedOnce(true)), /no more/)
  assert.equal(ends, 2)
  await streamOf(watchedOnce(false), () => false).cancel()
  assert.equal(ends, 3)
})
