import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DueDelivery, MessageToDeliver } from '../store/deliveries.ts'
import { discardSmall, openSmall, type SmallContent } from '../store/small-contents.ts'
import { ahead, batches } from './parcel.ts'

const due = (id: number, message_id: number): DueDelivery => ({
  id,
  release_id: 1,
  message_id,
  n: 0,
  address: 'a@example.com',
  attempts: 0,
  created_at: 0,
  parameters: '',
})
const message = (id: number, content_id: number) => [id, { id, content_id } as MessageToDeliver] as const
const content = (): SmallContent => ({ bytes: new Uint8Array([1, 2, 3]), plain: false, fault: '' })

test('a content that two messages share is read by two: neither may give it back under the other', () => {
  const contents = new Map([
    [100, content()],
    [200, content()],
  ])
  const messages = new Map([message(1, 100), message(2, 100), message(3, 200), message(4, 300)])
  const found = batches([due(10, 1), due(11, 2), due(12, 3), due(13, 4)], messages, contents, 0)
  assert.deepEqual(
    found.map(({ soleReader }) => soleReader),
    [false, false, true, true],
  )
  assert.equal(found[3]?.content, undefined, 'read when its turn comes')
})

test('a content that was given back is never taken for an empty one', async () => {
  const given = content()
  discardSmall(given)
  await assert.rejects(Array.fromAsync(openSmall(given)), /given back/)
})

test('contents are read ahead as far as they fit, one that is shared once', () => {
  const sizes = [40, 70, 60, 10]
  const messages = sizes.map((size, i) => ({ content_id: i, size }) as MessageToDeliver)
  assert.deepEqual(ahead([messages[0]!, ...messages], 110), [0, 1])
  assert.deepEqual(ahead(messages, 100), [0, 2])
  assert.deepEqual(ahead(messages, 5), [])
})
