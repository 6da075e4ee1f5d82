/**
 * Reads many small contents in one query: for sending hundreds of mails a second, asking for each of them costs more
 * than all the rest. Larger ones, and those that are kept elsewhere, are not in the answer: ContentStore.open has them.
 */
import { hash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import type { Database } from './database.ts'
import { pieces } from './lists.ts'

/** Before compression; the 256 of one query stay below 24 MB. */
const smallBytes = 96 << 10

export interface SmallContent {
  size: number
  /** Lower-case hex. */
  sha256: string
  /** One zstd frame. */
  frame: Uint8Array
}

/** Those of these contents that are small, by id. */
export async function smallContents(
  db: Database,
  ids: readonly number[],
): Promise<Map<number, SmallContent>> {
  const found = new Map<number, SmallContent>()
  for (const piece of pieces(ids)) {
    const rows = await db.read
      .selectFrom('contents')
      .innerJoin('chunks', 'chunks.content_id', 'contents.id')
      .select(['contents.id', 'contents.size', 'contents.sha256', 'chunks.bytes'])
      .where('contents.id', 'in', piece)
      .where('contents.chunks', '=', 1)
      .where('contents.size', '<=', smallBytes)
      .where('contents.purged_at', 'is', null)
      .where('chunks.n', '=', 0)
      .execute()
    for (const { id, size, sha256, bytes } of rows) found.set(id, { size, sha256, frame: bytes })
  }
  return found
}

/** The original bytes. @throws Error instead of them when size or SHA-256 differ from what was received. */
export async function* openSmall({ size, sha256, frame }: SmallContent): AsyncGenerator<Uint8Array> {
  // One output buffer of the right length: the default one is 128 KB, for each message.
  const length = Math.max(64, size)
  const bytes = zstdDecompressSync(frame, { maxOutputLength: length, chunkSize: length })
  if (bytes.length !== size || hash('sha256', bytes, 'hex') !== sha256)
    throw new Error(`what is stored is not what was received (${bytes.length} of ${size} bytes)`)
  yield bytes
}
