/** From the zstd frame that is kept of a small content to the bytes that were received, proved by their hash. */
import { hash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import { isPlain } from '../mail/plain-lines.ts'
import { giveBack, ownBufferBytes } from './spent.ts'

/** A content of one chunk, as it is kept. */
export interface PackedContent {
  id: number
  size: number
  /** Lower-case hex. */
  sha256: string
  /** One zstd frame. */
  bytes: Uint8Array
}

export interface UnpackedContent {
  id: number
  /** The original bytes; null when they cannot be had. */
  bytes: Uint8Array<ArrayBuffer> | null
  /** The bytes are plain lines (mail/plain-lines.ts); looked at here, where nobody waits. */
  plain: boolean
  /** Why not; '' when they can. */
  fault: string
}

export function unpack({ id, size, sha256, bytes: frame }: PackedContent): UnpackedContent {
  try {
    // One output buffer of the right length: the default one is 128 KB, for each message. With a byte more zlib sees
    // that it has come to the end, and makes no second one.
    const out = zstdDecompressSync(frame, {
      maxOutputLength: Math.max(64, size + 1),
      chunkSize: ownBufferBytes(size + 1),
    })
    const bytes = new Uint8Array(out)
    giveBack(out)
    if (frame.byteLength === frame.buffer.byteLength) giveBack(frame) // else there may be other answers in its buffer
    if (bytes.length === size && hash('sha256', bytes, 'hex') === sha256)
      return { id, bytes, plain: isPlain(bytes), fault: '' }
    return {
      id,
      bytes: null,
      plain: false,
      fault: `what is stored is not what was received (${bytes.length} of ${size} bytes)`,
    }
  } catch (error) {
    return {
      id,
      bytes: null,
      plain: false,
      fault: `what is stored cannot be read: ${(error as Error).message}`,
    }
  }
}
