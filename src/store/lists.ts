/**
 * Long lists of ids, in pieces for `in (…)`. A piece is filled up to one of a few lengths by repeating its last element,
 * so that a statement has few different texts: each is prepared once and kept.
 */
const lengths = [1, 4, 16, 64, 256]

/** Pieces of at most 256 (or another of the lengths); nothing for an empty list. */
export function* pieces<T>(list: readonly T[], largest = lengths.at(-1)!): Generator<T[]> {
  for (let at = 0; at < list.length; at += largest) {
    const piece = list.slice(at, at + largest)
    const length = lengths.find((n) => n >= piece.length)!
    while (piece.length < length) piece.push(piece.at(-1)!)
    yield piece
  }
}

/** All that is found piece by piece, one after the other. */
export async function inPieces<T, R>(
  list: readonly T[],
  find: (piece: T[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const found: R[] = []
  for (const piece of pieces(list)) for (const row of await find(piece)) found.push(row)
  return found
}
