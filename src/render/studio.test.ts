/** Promises about the threads: what takes too long or too much is given up and said, and nobody else waits for it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Problem } from '../problem.ts'
import { openStudio } from './studio.ts'

async function* of(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text)
}

const large = `Content-Type: text/html\r\n\r\n${'<a href=x>y</a>'.repeat(60_000)}`

test('content and pages come from a thread', async () => {
  await using studio = openStudio()
  assert.equal(studio.threads, 0)
  const [content, page] = await Promise.all([
    studio.content(of('Subject: x\r\n', '\r\nhello\r\n')),
    studio.page(of('Subject: x\r\n\r\nhello\r\n'), 'dark'),
  ])
  assert.equal(content.text, 'hello\n')
  assert.match(page, /hello/)
  assert.equal(studio.threads, 2)
})

test('who takes too long is ended, which is said, and the next one is served', async () => {
  await using studio = openStudio({ threads: 1, budgetMs: 5 })
  const content = await studio.content(of(large))
  assert.match(content.problem ?? '', /takes longer than 0\.005 seconds.*source can be read/)
  assert.match(await studio.page(of(large), 'light'), /takes longer than/)
  await using other = openStudio({ threads: 1 })
  assert.equal((await other.content(of(large))).problem, null)
})

test('who takes too much memory is ended, which is said', async () => {
  await using studio = openStudio({ threads: 1, memoryMb: 8, budgetMs: 60_000 })
  const { problem } = await studio.content(of(large))
  assert.match(problem ?? '', /needs more than 8 MB of memory/)
})

test('a message that cannot be read to its end leaves the thread to the next', async () => {
  await using studio = openStudio({ threads: 1 })
  const broken = async function* () {
    yield* of('Subject: x\r\n\r\nfirst')
    throw new Error('damaged')
  }
  await assert.rejects(studio.content(broken()), /damaged/)
  assert.equal((await studio.content(of('\r\nsecond'))).text, 'second')
})

test('more than can wait are refused, and those who wait are served', async () => {
  await using studio = openStudio({ threads: 1, waiting: 2 })
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => studio.content(of(`\r\n${n}`))))
  const served = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.text] : []))
  assert.deepEqual(served, ['1', '2', '3'])
  for (const result of results)
    if (result.status === 'rejected')
      assert.ok(result.reason instanceof Problem && result.reason.code === 'unavailable')
})

test('only the beginning of a very large message is looked at, and that is said', async () => {
  await using studio = openStudio({ threads: 1, budgetMs: 60_000 })
  let given = 0
  const endless = async function* () {
    yield* of('Subject: x\r\n\r\n')
    for (;;) {
      given++
      yield Buffer.alloc(1 << 20, 'text \r\n')
    }
  }
  const { problem } = await studio.content(endless())
  assert.match(problem ?? '', /only its first 32 MB were looked at/)
  assert.ok(given <= 33)
})

test('threads without anything to do end', async () => {
  await using studio = openStudio({ idleMs: 1 })
  await studio.content(of('\r\nx'))
  while (studio.threads > 0) await turn()
  assert.equal(studio.threads, 0)
})
