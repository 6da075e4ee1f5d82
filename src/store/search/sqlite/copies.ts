/**
 * What a segment knows of the copies of each recipient, kept together: a list of somebody's mail reads a page or two of
 * it, however many rows the segment has and whatever it is searched or sorted by.
 *
 * Recipients stand in order, packed into pages; a block of text (copyFences) has the first recipient of each page. A
 * page: number of recipients, then where each begins and the last one ends (Uint32). A recipient: where the texts are
 * and how long, number of copies, length of the address (Uint32); the id of each copy, ascending (Float64); of each its
 * row, the combination of its labels, the lengths of its sender and of its subject (Uint16); the address. Texts are
 * sender and subject of one copy after the other: behind the address when they are short, else in a block of text, which
 * is read as one string.
 */

import { compareKeys } from '../pattern.ts'
import type { Best } from './best.ts'
import { add, type Bitmap, bitmap, has } from './bitmap.ts'
import { type Column, columns, lowerBound, pageBytes } from './layout.ts'
import type { Found } from './moved.ts'
import type { Lookup } from './query.ts'

/** Numbers of a copy. */
const copyNumbers = 4
const [rowAt, labelsAt, senderAt, subjectAt] = [0, 1, 2, 3]
const headBytes = 16
const copyBytes = 8 + copyNumbers * 2
const aligned = (at: number): number => (at + 7) & ~7

/** Texts of copies that a segment keeps, characters for each row: mail to very many would take many times its room. */
const textsOfRow = 512

/** Texts behind the address, UTF-16 units at most; of those their length is in bytes of UTF-8. */
const inlineChars = 1024
const isInline = 0xffff_ffff
/** Of texts in a block, UTF-16 units. */
const blockChars = pageBytes

/** What copies are made of; all by row, but `starts` and `rows`, which are by recipient. */
export interface CopySource {
  /** In order. */
  recipients: readonly string[]
  starts: Uint32Array
  rows: Uint16Array
  ids: Float64Array
  labels: Uint16Array
  sender: (row: number) => string
  subject: (row: number) => string
}

export interface CopySink {
  page(page: number, bytes: Uint8Array): void
  texts(block: number, text: string): void
}

/** The block copyFences: whether there are texts, then the first recipient of each page. */
export function packCopies(source: CopySource, sink: CopySink): string[] {
  const { recipients, starts, rows, ids, labels, sender, subject } = source
  let chars = 0
  for (const row of rows) chars += sender(row).length + subject(row).length
  const withTexts = chars <= labels.length * textsOfRow
  const texts = new TextPacker(sink)
  const fences = [withTexts ? 'texts' : '']
  let page: Uint8Array[] = []
  let bytes = 0
  const flush = () => {
    if (page.length > 0) sink.page(fences.length - 2, pageOf(page))
    page = []
    bytes = 0
  }
  recipients.forEach((recipient, i) => {
    const own = rows.subarray(starts[i], starts[i + 1])
    if (own.length === 0) return
    const numbers = new Uint16Array(own.length * copyNumbers)
    let text = ''
    own.forEach((row, copy) => {
      const [from, about] = [sender(row), subject(row)]
      numbers.set([row, labels[row] as number, from.length, about.length], copy * copyNumbers)
      if (withTexts) text += from + about
    })
    const ownIds = Float64Array.from(own, (row) => ids[row] as number)
    const packed = recipientOf(recipient, ownIds, numbers, text, texts)
    if (bytes > 0 && bytes + packed.byteLength > pageBytes) flush()
    if (page.length === 0) fences.push(recipient)
    page.push(packed)
    bytes += packed.byteLength + 4
  })
  flush()
  texts.flush()
  return fences
}

function recipientOf(
  recipient: string,
  ids: Float64Array,
  numbers: Uint16Array,
  text: string,
  texts: TextPacker,
): Uint8Array {
  const address = Buffer.from(recipient)
  const at = text.length <= inlineChars ? isInline : texts.add(text)
  const inline = Buffer.from(at === isInline ? text : '')
  const length = at === isInline ? inline.byteLength : text.length
  const packed = new Uint8Array(
    aligned(headBytes + ids.length * copyBytes + address.byteLength + inline.byteLength),
  )
  new Uint32Array(packed.buffer, 0, 4).set([at, length, ids.length, address.byteLength])
  new Float64Array(packed.buffer, headBytes, ids.length).set(ids)
  new Uint16Array(packed.buffer, headBytes + ids.byteLength, numbers.length).set(numbers)
  packed.set(address, headBytes + ids.length * copyBytes)
  packed.set(inline, headBytes + ids.length * copyBytes + address.byteLength)
  return packed
}

function pageOf(packed: readonly Uint8Array[]): Uint8Array {
  const first = aligned(4 + (packed.length + 1) * 4)
  const page = new Uint8Array(first + packed.reduce((sum, { byteLength }) => sum + byteLength, 0))
  const ends = new Uint32Array(page.buffer, 0, packed.length + 2)
  let at = first
  packed.forEach((one, i) => {
    ends[1 + i] = at
    page.set(one, at)
    at += one.byteLength
  })
  ends.set([packed.length], 0)
  ends[packed.length + 1] = at
  return page
}

/** Each text whole in one block, which begins with it or has at most blockChars. */
class TextPacker {
  readonly #sink: CopySink
  #waiting = ''
  #blocks = 0

  constructor(sink: CopySink) {
    this.#sink = sink
  }

  /** Returns where it is: the block, times blockChars, and where in it. */
  add(text: string): number {
    if (this.#waiting.length + text.length > blockChars) this.flush()
    const at = this.#blocks * blockChars + this.#waiting.length
    this.#waiting += text
    if (this.#waiting.length >= blockChars) this.flush()
    return at
  }

  flush(): void {
    if (this.#waiting !== '') this.#sink.texts(this.#blocks++, this.#waiting)
    this.#waiting = ''
  }
}

/** The copies of a recipient in a page. */
export interface RecipientCopies {
  ids: Float64Array
  numbers: Uint16Array
  /** Null: the segment has none. */
  text: (() => string) | null
}

/** Reads a block of text. */
export type ReadText = (block: number) => string

/**
 * Null: this recipient is not in the page.
 *
 * @param read null: the segment has no texts.
 */
export function copiesIn(page: Uint8Array, recipient: string, read: ReadText | null): RecipientCopies | null {
  const { buffer, byteOffset } = page
  const [count = 0] = new Uint32Array(buffer, byteOffset, 1)
  const begins = new Uint32Array(buffer, byteOffset + 4, count + 1)
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >>> 1
    const begin = byteOffset + (begins[middle] as number)
    const [at, length, copies, addressBytes] = new Uint32Array(buffer, begin, 4) as unknown as [
      number,
      number,
      number,
      number,
    ]
    const addressAt = begin + headBytes + copies * copyBytes
    const difference = compareKeys(Buffer.from(buffer, addressAt, addressBytes).toString(), recipient)
    if (difference === 0)
      return {
        ids: new Float64Array(buffer, begin + headBytes, copies),
        numbers: new Uint16Array(buffer, begin + headBytes + copies * 8, copies * copyNumbers),
        text:
          read &&
          (at === isInline
            ? () => Buffer.from(buffer, addressAt + addressBytes, length).toString()
            : () => read(Math.floor(at / blockChars)).slice(at % blockChars, (at % blockChars) + length)),
      }
    if (difference < 0) low = middle + 1
    else high = middle
  }
  return null
}

/** The copies of some recipients in a segment, as a query sees them; a row may be there more than once. */
export class Copies {
  readonly #recipients: readonly RecipientCopies[]
  /** Of each recipient, when they are asked for. */
  #texts: string[] | undefined

  constructor(recipients: readonly RecipientCopies[]) {
    this.#recipients = recipients
  }

  /** Those whose combination of labels is wanted; null: whatever it is. */
  rows(count: number, wanted: Uint8Array | null): Bitmap {
    const bits = bitmap(count)
    for (const { numbers } of this.#recipients)
      for (let at = 0; at < numbers.length; at += copyNumbers)
        if (wanted === null || wanted[numbers[at + labelsAt] as number] === 1)
          add(bits, numbers[at + rowAt] as number)
    return bits
  }

  /** Whether it has the text of this column. */
  knows(column: Column): boolean {
    return (
      (column === columns.sender || column === columns.subject) &&
      this.#recipients.every(({ text }) => text !== null)
    )
  }

  /** Which of `bits` a criterion about columns that it knows finds. */
  found(bits: Bitmap, lookup: Lookup): Bitmap {
    const found = new Uint32Array(bits.length)
    const inSender = matcherOf(lookup, columns.sender)
    const inSubject = matcherOf(lookup, columns.subject)
    this.#recipients.forEach(({ numbers }, i) => {
      const text = this.#text(i)
      // Most copies are passed over without a look at each.
      let next = text.indexOf(lookup.needle)
      let at = 0
      for (let n = 0; n < numbers.length && next >= 0; n += copyNumbers) {
        const middle = at + (numbers[n + senderAt] as number)
        const end = middle + (numbers[n + subjectAt] as number)
        if (next < end || lookup.needle === '') {
          const row = numbers[n + rowAt] as number
          if (has(bits, row) && (inSender?.(text.slice(at, middle)) || inSubject?.(text.slice(middle, end))))
            add(found, row)
          if (lookup.needle !== '') next = text.indexOf(lookup.needle, end)
        }
        at = end
      }
    })
    return found
  }

  /** Null: none of them is of this message. */
  find(id: number): Found | null {
    let [row, copies] = [0, 0]
    for (const { ids, numbers } of this.#recipients)
      for (let at = lowerBound(ids.length, (i) => (ids[i] as number) < id); ids[at] === id; at++) {
        row = numbers[at * copyNumbers + rowAt] as number
        copies++
      }
    return copies > 0 ? { row, copies } : null
  }

  /** Offers those of `bits` by their values. */
  offer(best: Best, column: Column, bits: Bitmap): void {
    this.#recipients.forEach(({ ids, numbers }, i) => {
      const text = this.#text(i)
      let at = 0
      for (let n = 0; n < numbers.length; n += copyNumbers) {
        const middle = at + (numbers[n + senderAt] as number)
        const end = middle + (numbers[n + subjectAt] as number)
        if (has(bits, numbers[n + rowAt] as number)) {
          const id = ids[n / copyNumbers] as number
          if (column === columns.sender) best.offer(id, text, at, middle)
          else best.offer(id, text, middle, end)
        }
        at = end
      }
    })
  }

  #text(recipient: number): string {
    this.#texts ??= this.#recipients.map(({ text }) => text?.() ?? '')
    return this.#texts[recipient] as string
  }
}

/** Null: it is not about this column. */
function matcherOf(lookup: Lookup, column: Column): ((value: string) => boolean) | null {
  for (let one: Lookup | null = lookup; one; one = one.or) if (one.column === column) return one.matches
  return null
}
