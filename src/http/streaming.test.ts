/** Promise: a client that leaves while a piece is being read is no failure, and the source is ended. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { streamOf } from './streaming.ts'

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
