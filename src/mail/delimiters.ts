/**
 * The boundaries that are open at a point of a message, and the lines that are delimiters of them (RFC 2046 §5.1.1).
 * A line counts when it begins with the boundary, as the RFC has it; anything but blanks behind it is noted, since many
 * parsers want the whole line to be equal.
 */
interface Open {
  boundary: string
  /** Type of parts without Content-Type. */
  defaultType: string
  isClosed: boolean
  hasParts: boolean
  /** There is something before its first part. */
  hasPreamble: boolean
}

export interface DelimiterMatch {
  /** Of the boundary, outermost 0. */
  level: number
  isClosing: boolean
}

const lf = 0x0a
const dash = 0x2d
/** Longer ones are compared by their beginning only. RFC 2046 allows 70 characters. */
const boundaryCharsLimit = 1_000
/** Looks at lines that begin with two dashes and are no delimiters; with more of them reading ends. */
const looksLimit = 5_000_000
/** So many characters of a boundary are looked at before a line is compared with every one that is open. */
const prefixCharsLimit = 3

export class Delimiters {
  private readonly note: (ambiguity: string) => void
  private readonly stack: Open[] = []
  private longestChars = 0
  private looks = 0
  private prefixChars = 0
  private readonly prefixes = new Set<number>()

  constructor(note: (ambiguity: string) => void) {
    this.note = note
  }

  get open(): boolean {
    return this.stack.length > 0
  }

  get count(): number {
    return this.stack.length
  }

  /** Reading on would cost too much: this is no mail that anybody wrote. */
  get isExhausted(): boolean {
    return this.looks > looksLimit
  }

  /** A quick look at the line whose two dashes end before `at`; when true, `match` is to be asked. */
  mayMatch(buffer: Buffer, at: number): boolean {
    if (at + this.prefixChars > buffer.length || this.hasPrefix(buffer, at)) return true
    this.miss(1)
    return false
  }

  private hasPrefix(buffer: Buffer, at: number): boolean {
    return this.prefixes.has(prefixOf((i) => buffer[at + i]!, this.prefixChars))
  }

  private miss(looks: number): void {
    this.looks += looks
    if (this.isExhausted) this.note('too-many-false-delimiters')
  }

  add(boundary: string, defaultType: string): void {
    // Boundaries come decoded; on the wire they are compared byte by byte.
    const bytes = Buffer.from(boundary, 'utf8').toString('latin1', 0, boundaryCharsLimit)
    if (this.stack.some((each) => each.boundary === bytes)) this.note('boundary-reused')
    this.stack.push({ boundary: bytes, defaultType, isClosed: false, hasParts: false, hasPreamble: false })
    this.measure()
  }

  private measure(): void {
    this.longestChars = 0
    this.prefixChars = prefixCharsLimit
    for (const { boundary } of this.stack) {
      this.longestChars = Math.max(this.longestChars, boundary.length)
      this.prefixChars = Math.min(this.prefixChars, boundary.length)
    }
    this.prefixes.clear()
    for (const { boundary } of this.stack)
      this.prefixes.add(prefixOf((i) => boundary.charCodeAt(i), this.prefixChars))
  }

  /** Is the line at `start` of the buffer a delimiter? `unknown-yet`: ask again with more bytes. */
  match(buffer: Buffer, start: number, isLast: boolean): DelimiterMatch | null | 'unknown-yet' {
    if (start + 1 >= buffer.length) return isLast ? null : 'unknown-yet'
    if (buffer[start + 1] !== dash) return null
    const newline = buffer.indexOf(lf, start)
    const window = this.longestChars + 4
    if (newline < 0 && !isLast && buffer.length - start < window + 2) return 'unknown-yet'
    const lineEnd = newline < 0 ? buffer.length : newline
    if (lineEnd - start - 2 < this.prefixChars || !this.hasPrefix(buffer, start + 2)) {
      this.miss(1)
      return null
    }
    const line = buffer.toString('latin1', start + 2, Math.min(lineEnd, start + window + 2))
    const match = this.find(line)
    if (match === null) this.miss(1 + 3 * this.stack.length)
    return match
  }

  private find(line: string): DelimiterMatch | null {
    let loose: DelimiterMatch | null = null
    for (let level = this.stack.length - 1; level >= 0; level--) {
      const { boundary } = this.stack[level]!
      if (!line.startsWith(boundary)) continue
      const rest = line.slice(boundary.length)
      const isClosing = rest.startsWith('--')
      if ((isClosing ? rest.slice(2) : rest).trim() === '') return { level, isClosing }
      loose ??= { level, isClosing }
    }
    if (loose) this.note('text-after-boundary')
    return loose
  }

  /** Bytes before the first part of the innermost multipart, or behind its last. */
  outside(bytes: Buffer): void {
    const open = this.stack.at(-1)
    if (open && !open.hasPreamble) open.hasPreamble = bytes.some((byte) => byte > 0x20)
  }

  /** A delimiter of this level was reached: what is inside is over. Returns the default type of the part to come. */
  reached(level: number, isClosing: boolean): string {
    this.closeInside(level + 1)
    const open = this.stack[level]!
    if (open.isClosed && !isClosing) this.note('part-after-closing-boundary')
    open.hasParts = true
    open.isClosed = isClosing
    return open.defaultType
  }

  /** Forgets the boundaries from this level inwards. */
  closeInside(level: number): void {
    if (this.stack.length <= level) return
    while (this.stack.length > level) {
      const open = this.stack.pop()!
      // Bounces bring messages back without their content: nothing can hide where nothing is.
      if (!open.hasParts) this.note(open.hasPreamble ? 'multipart-without-parts' : 'empty-multipart')
      else if (!open.isClosed) this.note('boundary-unclosed')
    }
    this.measure()
  }
}

/** The first characters as one number. */
function prefixOf(charAt: (i: number) => number, chars: number): number {
  let prefix = 0
  for (let i = 0; i < chars; i++) prefix = prefix * 256 + charAt(i)
  return prefix
}
