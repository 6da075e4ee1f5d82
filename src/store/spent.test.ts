/** Promise: large contents pass through without piling up, and whoever reads one gets its very bytes. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { forEachEngine } from '../../test/store.ts'
import { giveBack, ownBufferBytes, passing } from './spent.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

forEachEngine((open) => {
  test('large contents that do not compress: several readers of each at once, and again', async () => {
    await using store = await open()
    const { content, db } = store.ctx
    const sizes = [(1 << 20) - 1, 1 << 20, 3 * (256 << 10), 2_500_001]
    const kept = await Promise.all(
      sizes.map(async (size) => {
        const bytes = randomBytes(size)
        const incoming = content.receive()
        for (let at = 0; at < size; at += 60_000)
          await incoming.write(Uint8Array.from(bytes.subarray(at, at + 60_000)))
        const received = await incoming.finish()
        await db.engine.commit(() => received.inserts())
        return { bytes, received }
      }),
    )
    const reading = [...kept, ...kept, ...kept].map(async ({ bytes, received }) => {
      const pieces = await Array.fromAsync(content.open(received.id), (piece) => Buffer.from(piece))
      assert.equal(sha256(Buffer.concat(pieces)), sha256(bytes))
    })
    await Promise.all(reading)
    for (const { bytes, received } of kept)
      assert.equal(sha256(Buffer.concat(await Array.fromAsync(received.open()))), sha256(bytes))
  })
})

test('what is given back is empty; a buffer that Node shares is left alone', () => {
  const own = new Uint8Array(200 << 10).fill(1)
  giveBack(own)
  assert.equal(own.length, 0)
  const shared = Buffer.from('a few bytes of the pool')
  giveBack(shared)
  assert.equal(shared.toString(), 'a few bytes of the pool')
  for (let bytes = 1; bytes < 300_000; bytes += 997) {
    const out = zstdDecompressSync(zstdCompressSync(Buffer.alloc(bytes)), {
      chunkSize: ownBufferBytes(bytes + 1),
    })
    giveBack(out)
    assert.equal(out.length, 0, `${bytes} bytes`)
  }
  assert.equal(shared.toString(), 'a few bytes of the pool')
})

test('the newest buffers are looked through every 8 MB, without waiting for V8 to want it', () => {
  const { gc } = globalThis
  const kinds: unknown[] = []
  globalThis.gc = ((options: unknown) => void kinds.push(options)) as NonNullable<typeof gc>
  try {
    for (let mb = 0; mb < 24; mb++) passing(1 << 20)
  } finally {
    globalThis.gc = gc
  }
  assert.deepEqual(kinds, [{ type: 'minor' }, { type: 'minor' }, { type: 'minor' }])
})
