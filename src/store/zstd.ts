/**
 * How content is compressed: the fastest level, since mail that is compressible at all gains most of it there. Telling
 * the size beforehand lets zstd take smaller tables, which is half of its time for small messages.
 */
import { constants, type ZstdOptions } from 'node:zlib'
import { ownBufferBytes } from './spent.ts'

export const zstdOptions = (bytes: number): ZstdOptions => ({
  params: { [constants.ZSTD_c_compressionLevel]: 1 },
  pledgedSrcSize: bytes,
  // One output buffer, of the greatest length that there can be.
  chunkSize: ownBufferBytes(bytes + (bytes >> 8) + 128),
})
