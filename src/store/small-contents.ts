/**
 * Reads many small contents at once: for sending hundreds of mails a second, asking for each of them costs more than all
 * the rest, and unpacking them here would hold up everything else; the engine does it on threads of its own. Larger
 * contents, and those that are kept elsewhere, are not in the answer: ContentStore.open has them.
 */
import type { Database } from './database.ts'
import { pieces } from './lists.ts'
import type { UnpackedContent } from './unpack.ts'

/** Before compression. */
const smallBytes = 96 << 10
/** A reading thread is busy with this many for some milliseconds. */
const contentsAtOnce = 64

export type SmallContent = Pick<UnpackedContent, 'bytes' | 'plain' | 'fault'>

/** Those of these contents that are small and that the database can read, by id. */
export async function smallContents(
  db: Database,
  ids: readonly number[],
): Promise<Map<number, SmallContent>> {
  const found = new Map<number, SmallContent>()
  const read = async (piece: number[]) => {
    const { sql, parameters } = db.read
      .selectFrom('contents')
      .innerJoin('chunks', 'chunks.content_id', 'contents.id')
      .select(['contents.id', 'contents.size', 'contents.sha256', 'chunks.bytes'])
      .where('contents.id', 'in', piece)
      .where('contents.chunks', '=', 1)
      .where('contents.size', '<=', smallBytes)
      .where('contents.purged_at', 'is', null)
      .where('chunks.n', '=', 0)
      .compile()
    for (const { id, ...content } of await db.engine.contents(sql, parameters as number[]))
      found.set(id, content)
  }
  // One that cannot be read must not keep the others from being sent: whoever opens it is told why.
  const readApart = (piece: number[]) => Promise.allSettled(piece.map((id) => read([id])))
  await Promise.all(
    [...pieces(ids, contentsAtOnce)].map((piece) => read(piece).catch(() => readApart(piece))),
  )
  return found
}

/** The original bytes. @throws Error instead of them when size or SHA-256 differ from what was received. */
export async function* openSmall({ bytes, fault }: SmallContent): AsyncGenerator<Uint8Array> {
  if (bytes === null) throw new Error(fault)
  yield bytes
}

/** Gives its memory back now, not when a garbage collection comes by. Nobody may be reading it, nor will be able to. */
export function discardSmall(content: SmallContent): void {
  content.bytes?.buffer.transfer(0)
  content.bytes = null
  content.fault = 'it was given back'
}
