/**
 * Pictures that a message brings along, as data: URIs for its page: PNG, JPEG, GIF and WebP by their true type, and only
 * as large as a browser can unpack without harm (a small file can hold an enormous picture).
 */
import { trueTypeOf } from '../mail/magic.ts'
import type { Budget } from './budget.ts'

const types = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** One picture is never larger. */
export const pictureBytes = 5_000_000

/** The type when the first bytes are those of a picture that can be shown. */
export function pictureType(head: Buffer): string | null {
  const type = trueTypeOf(head)
  return type !== null && types.has(type) ? type : null
}

/** Null when it is no picture, or one too large for what is left; else the budget is spent. */
export function dataUri(bytes: Buffer, budget: Budget): string | null {
  const type = pictureType(bytes.subarray(0, 4096))
  const size = type === null ? null : dimensions(bytes, type)
  if (type === null || size === null) return null
  const pixels = size.width * size.height
  if (pixels === 0 || bytes.length > budget.pictureBytes || pixels > budget.pixels) return null
  budget.pictureBytes -= bytes.length
  budget.pixels -= pixels
  return `data:${type};base64,${bytes.toString('base64')}`
}

interface Size {
  width: number
  height: number
}

function dimensions(bytes: Buffer, type: string): Size | null {
  if (bytes.length < 32) return null
  if (type === 'image/png')
    return bytes.toString('latin1', 12, 16) === 'IHDR'
      ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
      : null
  if (type === 'image/gif') return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) }
  return type === 'image/webp' ? webpSize(bytes) : jpegSize(bytes)
}

function webpSize(bytes: Buffer): Size | null {
  const chunk = bytes.toString('latin1', 12, 16)
  if (chunk === 'VP8X') return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  if (chunk === 'VP8 ')
    return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
  if (chunk !== 'VP8L') return null
  const bits = bytes.readUInt32LE(21)
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
}

/** In the frame header (ITU-T T.81 §B.2.2), behind segments that are skipped. */
function jpegSize(bytes: Buffer): Size | null {
  let at = 2
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++
      continue
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) }
    const hasNoLength = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)
    at += hasNoLength ? 2 : 2 + bytes.readUInt16BE(at + 2)
  }
  return null
}
