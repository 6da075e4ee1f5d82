/**
 * Bytes to text. Charsets go by their WHATWG labels (TextDecoder); one that nobody knows is read as Latin-1, so that
 * something readable is always there. Nothing here throws; text for display has no controls and a bounded length.
 */
const decoders = new Map<string, TextDecoder | null>()
const decodersKept = 64
const utf8 = new TextDecoder('utf-8')
const beyondAscii = /[^\x00-\x7f]/

/** Labels seen in mail that WHATWG does not list. */
const aliases = new Map([
  ['cp932', 'shift_jis'],
  ['cp936', 'gbk'],
  ['cp949', 'euc-kr'],
  ['cp950', 'big5'],
  ['utf8mb4', 'utf-8'],
])

function decoderFor(label: string): TextDecoder | null {
  const known = decoders.get(label)
  if (known !== undefined) return known
  let decoder: TextDecoder | null
  try {
    decoder = new TextDecoder(aliases.get(label) ?? label)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    decoder = null
  }
  if (decoders.size >= decodersKept) decoders.clear()
  decoders.set(label, decoder)
  return decoder
}

/** `charset` as written in the message; an unknown one means Latin-1. Never throws. */
export function decodeCharset(bytes: Uint8Array, charset: string): string {
  const label = charset.trim().toLowerCase()
  if (label === '' || label === 'us-ascii' || label === 'utf-8' || label.length > 40)
    return decodeUnlabelled(bytes)
  if (label === 'utf-7' || label === 'unicode-1-1-utf-7') return decodeUtf7(decodeUnlabelled(bytes))
  const decoder = decoderFor(label)
  if (decoder === null)
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  return decoder.decode(bytes)
}

/** UTF-7 (RFC 2152), which browsers gave up and old mail still has. */
function decodeUtf7(text: string): string {
  return text.replace(/\+([A-Za-z0-9/+]*)-?/g, (_, base64: string) => {
    if (base64 === '') return '+'
    const bytes = Buffer.from(base64, 'base64')
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le')
  })
}

/**
 * Bytes that say nothing of their charset, or UTF-8: as UTF-8 (RFC 6532) unless most of what is beyond ASCII is not,
 * then as Latin-1. So one character that was cut in two does not garble the rest.
 */
export function decodeUnlabelled(bytes: Uint8Array): string {
  const text = utf8.decode(bytes)
  if (!text.includes('\ufffd')) return text
  let wrong = 0
  let right = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0xfffd) wrong++
    else if (code > 0x7f) right++
  }
  return right >= wrong
    ? text
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** For text that holds bytes: all of them below 128? */
export const isAsciiText = (latin1: string): boolean => Buffer.byteLength(latin1, 'utf8') === latin1.length

/** The same for bytes held as a Latin-1 string; pure ASCII comes back as it is. */
export function decodeRaw(latin1: string): string {
  return beyondAscii.test(latin1) ? decodeUnlabelled(Buffer.from(latin1, 'latin1')) : latin1
}

const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

/**
 * Text for one line of display: controls and line ends become blanks, lone surrogates U+FFFD, length at most
 * `limitChars` UTF-16 units. The result owns its characters: it keeps no larger string alive.
 */
export function displayText(text: string, limitChars: number): string {
  let shown = text.length > limitChars ? text.slice(0, limitChars) : text
  if (unprintable.test(shown)) shown = shown.replace(controls, ' ').toWellFormed()
  return ownText(shown.trim())
}

/** A copy that does not share storage with the (much larger) string it was cut from. */
export function ownText(text: string): string {
  if (text.length < 13) return text // V8 copies slices this short anyway
  return beyondAscii.test(text)
    ? Buffer.from(text, 'utf16le').toString('utf16le')
    : Buffer.from(text, 'latin1').toString('latin1')
}
