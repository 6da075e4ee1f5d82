/** Promise: a phrase is found where it stands, in time linear in the lists, also in values that repeat one character. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columns, numberBytes } from './layout.ts'
import { type Lists, Phrase } from './phrase.ts'

/** As if every gram stood at `places` places one after the other in each of `values` values. */
function everywhere(values: number, places: number): Lists {
  const count = values * places
  const width = numberBytes(values)
  const numbers = Uint32Array.from({ length: count }, (_, i) => Math.floor(i / places))
  const list = new Uint8Array(count * (width + 1))
  list.set(new Uint8Array((width === 4 ? numbers : Uint16Array.from(numbers)).buffer))
  for (let i = 0; i < count; i++) list[count * width + i] = i % places
  return { list: () => list, lists: () => [list] }
}

function cpuMs(work: () => void): number {
  const times = [1, 2, 3].map(() => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...times)
}

test('values that repeat one character cost no more than as many values that do not', () => {
  const none = new Set<number>()
  const find = (lists: Lists, values: number) =>
    new Phrase(columns.subject, 'aaaa').values(lists, none, values, null)
  const repeating = everywhere(1_000, 250)
  const distinct = everywhere(250_000, 1)
  assert.equal(find(repeating, 1_000).length, 1_000)
  const plain = cpuMs(() => find(distinct, 250_000))
  const repeated = cpuMs(() => find(repeating, 1_000))
  assert.ok(repeated < 5 * plain + 10, `${repeated} ms, ${plain} ms`)
})

test('only the wanted values are found', () => {
  const within = [3, 40, 3_999]
  const phrase = new Phrase(columns.subject, 'aaaaaa')
  assert.deepEqual(phrase.values(everywhere(4_000, 5), new Set(), 4_000, within), within)
})
