/**
 * Files inside plain text, as uuencode writes them (`begin 644 name` … `end`; POSIX uuencode). Mail programs still
 * show them as attachments, so they must not pass as text. Fed in pieces; linear; a `begin` line without a single
 * valid data line behind it is just text.
 */
import { trueTypeOf } from './magic.ts'
import { isEicar } from './test-patterns.ts'

export interface UuFile {
  name: string
  trueType: string | null
  isEicar: boolean
  size: number
}

const word = Buffer.from('begin ', 'latin1')
const lineAndWord = Buffer.from('\nbegin ', 'latin1')
const lineLimit = 400
const headBytes = 1024
const lf = 0x0a

export class UuencodeSearch {
  private readonly found: (file: UuFile) => void
  private readonly content: ((bytes: Buffer) => void) | null
  private mode: 'text' | 'begin' | 'data' = 'text'
  /** At the start of a line, with this many characters of `begin ` there already; -1: amid a line. */
  private matched = 0
  private line = ''
  private name = ''
  private size = 0
  private head: Buffer = Buffer.alloc(0)
  private headSize = 0

  /**
   * @param found told of a file when it is over.
   * @param content is given what is in it, before that.
   */
  constructor(found: (file: UuFile) => void, content: ((bytes: Buffer) => void) | null = null) {
    this.found = found
    this.content = content
  }

  /** Of the file that is being read, as written. */
  get fileName(): string {
    return this.name
  }

  push(bytes: Buffer): void {
    let i = 0
    while (i < bytes.length) i = this.mode === 'text' ? this.seek(bytes, i) : this.takeLine(bytes, i)
  }

  /** The text is over. */
  end(): void {
    if (this.mode === 'data') this.finish()
  }

  private seek(bytes: Buffer, from: number): number {
    let i = from
    if (this.matched >= 0) {
      while (i < bytes.length && bytes[i] === word[this.matched]) {
        i++
        if (++this.matched === word.length) return this.begin(i)
      }
      if (i === bytes.length) return i
      this.matched = bytes[i] === lf ? 0 : -1
      if (this.matched === 0) return i + 1
    }
    const at = bytes.indexOf(lineAndWord, i)
    if (at >= 0) return this.begin(at + lineAndWord.length)
    // The last line may be the start of what we look for.
    const lastLine = bytes.lastIndexOf(lf)
    if (lastLine >= i && bytes.length - lastLine <= word.length) {
      this.matched = 0
      return lastLine + 1
    }
    this.matched = -1
    return bytes.length
  }

  private begin(at: number): number {
    this.mode = 'begin'
    this.line = ''
    return at
  }

  /** Collects one line, across pieces; over-long ones are cut and then fit nothing. */
  private takeLine(bytes: Buffer, from: number): number {
    const newline = bytes.indexOf(lf, from)
    const stop = newline < 0 ? bytes.length : newline
    if (this.line.length <= lineLimit)
      this.line += bytes.toString('latin1', from, Math.min(stop, from + lineLimit + 1))
    if (newline < 0) return stop
    const line = this.line.endsWith('\r') ? this.line.slice(0, -1) : this.line
    this.line = ''
    if (this.mode === 'begin') this.beginLine(line)
    else this.dataLine(line)
    return newline + 1
  }

  private beginLine(line: string): void {
    const match = /^[0-7]{3,4} +(\S.*)$/.exec(line)
    this.mode = match && line.length <= lineLimit ? 'data' : 'text'
    this.matched = 0
    this.name = match?.[1] ?? ''
    this.size = 0
    this.headSize = 0
  }

  private dataLine(line: string): void {
    const count = line === '' ? -1 : (line.charCodeAt(0) - 32) & 63
    const expected = Math.ceil(count / 3) * 4
    const isData =
      count > 0 && /^[ -`]+$/.test(line) && line.length - 1 >= expected - 3 && line.length - 1 <= expected + 2
    if (isData) {
      this.size += count
      if (this.headSize < headBytes) this.headSize = decodeLine(line, count, this.headOf(), this.headSize)
      if (this.content) {
        const bytes = Buffer.allocUnsafe(count)
        this.content(bytes.subarray(0, decodeLine(line, count, bytes, 0)))
      }
    } else this.finish()
  }

  private headOf(): Buffer {
    if (this.head.length === 0) this.head = Buffer.alloc(headBytes + 64)
    return this.head
  }

  private finish(): void {
    this.mode = 'text'
    this.matched = 0
    if (this.size === 0) return
    const head = this.head.subarray(0, this.headSize)
    this.found({ name: this.name, size: this.size, trueType: trueTypeOf(head), isEicar: isEicar(head) })
  }
}

/** One line of data to `to`, from `start` on; returns where it ends there. */
function decodeLine(line: string, count: number, to: Buffer, start: number): number {
  let n = start
  const stop = Math.min(n + count, to.length)
  for (let at = 1; n < stop; at += 4) {
    const value = [0, 1, 2, 3].reduce((sum, k) => sum * 64 + (((line.charCodeAt(at + k) || 32) - 32) & 63), 0)
    for (let shift = 16; shift >= 0 && n < stop; shift -= 8) to[n++] = (value >> shift) & 255
  }
  return n
}
