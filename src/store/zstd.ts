/** How content is compressed: the fastest level, since mail that is compressible at all gains most of it there. */
import { constants, type ZstdOptions } from 'node:zlib'

export const zstdOptions: ZstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }
