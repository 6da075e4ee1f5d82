/** Promise: values and rows come out of the other thread as they went in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Row, Value } from '../engine.ts'
import { flatOf, InsertEncoder } from './encode.ts'
import { rowsOf, valuesOf, wireRows, wireValues } from './wire.ts'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\0', '\ud800', '"\\', '__proto__', '\u2028'),
)
const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double())
const bytes = fc.uint8Array({ maxLength: 20 })
const value: fc.Arbitrary<Value> = fc.oneof(text, number, fc.constant(null), bytes)

/** As SQLite sees it: it has no negative zero. */
const seen = (one: Value | undefined): Value | undefined => (one === 0 ? 0 : one)

test('lists of values', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 30 }), (list) => {
      assert.deepEqual(valuesOf(structuredClone(wireValues(list))).map(seen), list.map(seen))
    }),
  )
})

test('rows of an answer', () => {
  const row = fc.record({ id: number, name: text, more: value })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 10 }), (rows: Row[]) => {
      const got = rowsOf(structuredClone(wireRows(rows)))
      assert.deepEqual(got.map(plainRow), rows.map(plainRow))
    }),
  )
})
const plainRow = (row: Row) => [seen(row.id), seen(row.name), seen(row.more)]

test('rows to be inserted, with the bytes in their places', () => {
  const rows = fc.array(fc.tuple(number, value, bytes), { minLength: 1, maxLength: 10 })
  const columns = ['a', 'b', 'c']
  fc.assert(
    fc.property(rows, (some) => {
      const { groups } = new InsertEncoder().encode([[{ table: 't', columns, rows: some }]])
      const [flat] = structuredClone(groups).map(flatOf)
      assert.deepEqual(flat?.map(seen), [0, some.length, ...some.flat()].map(seen))
    }),
  )
})
