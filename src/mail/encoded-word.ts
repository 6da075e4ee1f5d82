/**
 * Encoded words in header text (RFC 2047, with the language tag of RFC 2231 §5). Lenient where mail is sloppy: words
 * longer than 75 characters, blanks inside, words within quotes or parameters. Linear; never throws; what is no
 * encoded word stays as it was written.
 */
import { decodeCharset } from './charset.ts'

const charsetChars = 60

interface Word {
  charset: string
  bytes: Buffer
  /** Index after the closing `?=`. */
  end: number
}

/** Text with its encoded words decoded; decoding stops once `limitChars` are there. */
export function decodeWords(text: string, limitChars: number): string {
  let at = text.indexOf('=?')
  if (at < 0) return text
  let out = ''
  let done = 0
  // Neighbours in one charset are joined before decoding: senders split multi-byte characters between words.
  let run: Word[] = []
  const flush = () => {
    if (run.length === 0) return
    out += decodeCharset(
      run.length === 1 ? run[0]!.bytes : Buffer.concat(run.map((word) => word.bytes)),
      run[0]!.charset,
    )
    run = []
  }
  while (at >= 0 && out.length < limitChars) {
    const word = wordAt(text, at)
    if (word === 'none-left') break
    if (word === null) {
      at = text.indexOf('=?', at + 2)
      continue
    }
    const between = text.slice(done, at)
    if (run.length === 0 || between.trim() !== '') {
      flush()
      out += between
    } else if (run[0]!.charset !== word.charset || run.length >= 1000) flush()
    run.push(word)
    done = word.end
    at = text.indexOf('=?', done)
  }
  flush()
  return out + text.slice(done, done + limitChars)
}

/** `none-left`: no word can begin here or later, so that the search stays linear. */
function wordAt(text: string, at: number): Word | null | 'none-left' {
  const afterCharset = text.indexOf('?', at + 2)
  if (afterCharset < 0) return 'none-left'
  if (afterCharset - at > charsetChars || text[afterCharset + 2] !== '?') return null
  const encoding = text[afterCharset + 1]!.toLowerCase()
  if (encoding !== 'b' && encoding !== 'q') return null
  const close = text.indexOf('?=', afterCharset + 3)
  if (close < 0) return 'none-left'
  const content = text.slice(afterCharset + 3, close)
  const charset = text
    .slice(at + 2, afterCharset)
    .replace(/\*.*$/, '')
    .toLowerCase()
  const bytes = encoding === 'b' ? Buffer.from(content, 'base64') : decodeQ(content, charset)
  return { charset, bytes, end: close + 2 }
}

/** The Q encoding (RFC 2047 §4.2); a broken escape stays as written. */
function decodeQ(content: string, charset: string): Buffer {
  // Raw 8-bit characters do not belong here; those that came as one byte go back to it.
  const bytes = Buffer.from(content, charset === 'utf-8' ? 'utf8' : 'latin1')
  let n = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === 0x5f) bytes[n++] = 0x20
    else if (byte === 0x3d && i + 2 < bytes.length) {
      const value = hexPair(bytes[i + 1]!, bytes[i + 2]!)
      if (value < 0) bytes[n++] = byte
      else {
        bytes[n++] = value
        i += 2
      }
    } else bytes[n++] = byte
  }
  return bytes.subarray(0, n)
}

const hexDigits = new Int8Array(256).fill(-1)
for (let i = 0; i < 16; i++) {
  hexDigits['0123456789abcdef'.charCodeAt(i)] = i
  hexDigits['0123456789ABCDEF'.charCodeAt(i)] = i
}

/** The byte that two hexadecimal digits stand for; negative when they are none. */
export function hexPair(high: number, low: number): number {
  const a = hexDigits[high]!
  const b = hexDigits[low]!
  return a < 0 || b < 0 ? -1 : a * 16 + b
}
