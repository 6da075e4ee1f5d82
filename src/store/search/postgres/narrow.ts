/**
 * What the trigram index is asked. It reads the list of each three characters (gram) that it is given, and most of those in
 * a pattern tell nothing new: all of `@example.com` are in every address, and who has `voi` has `invoice`. A sample tells
 * which few narrow mail down; the pattern itself is then looked for in what they leave.
 */
import { escapeLike } from '../../conditions.ts'
import type { Value } from '../../engine.ts'
import { type Bits, both, count, type LettersColumn, type Sample } from './sample.ts'

/** Gives a value its place among the parameters of a statement: `$1`, `$2` … */
export type Bind = (value: Value) => string

/** Letters that must stand in the value of a column. */
export interface Piece {
  column: LettersColumn
  letters: string
}

/** All pieces of any one. */
export type Choice = readonly (readonly Piece[])[]

export interface Narrowed {
  sql: string
  /** How many entries it leaves, as the sample tells; null without one. */
  entries: number | null
}

/** Grams of one alternative that are weighed, at most. */
const weighed = 20
/** So many are asked for although the sample has no entry with all before them: the more entries, the more may have them. */
const blind = (entries: number): number => Math.max(3, Math.ceil(Math.log2(entries / 200_000)))
/** One more gram must leave at most this share: asking for it costs about a fifth of looking at what it keeps away. */
const worthwhile = 0.8

export function narrow(choices: readonly Choice[], sample: Sample | null, bind: Bind): Narrowed {
  const alone = choices.filter((choice) => choice.length === 1).flatMap(([pieces]) => pieces ?? [])
  const merged: Choice[] = [
    ...(alone.length > 0 ? [[alone]] : []),
    ...choices.filter((choice) => choice.length > 1),
  ]
  let share = 1
  const sql = merged.map((choice) => {
    let sum = 0
    const alternatives = choice.map((pieces) => {
      const chosen = sample ? chooseGrams(pieces, sample) : { pieces, share: 1 }
      sum += chosen.share
      return chosen.pieces
        .map(({ column, letters }) => `e.${column} like ${bind(`%${escapeLike(letters)}%`)}`)
        .join(' and ')
    })
    share *= Math.min(1, sum)
    return alternatives.length > 1
      ? `(${alternatives.map((one) => `(${one})`).join(' or ')})`
      : alternatives[0]
  })
  return { sql: sql.join(' and '), entries: sample && share * sample.entries }
}

/** The grams that narrow down most, until the next one would hardly leave less. */
export function chooseGrams(pieces: readonly Piece[], sample: Sample): { pieces: Piece[]; share: number } {
  const left = gramsOf(pieces).map((gram) => {
    const bits = sample.having(gram.column, gram.letters)
    return { gram, bits, rows: count(bits) }
  })
  left.sort((a, b) => a.rows - b.rows)
  const chosen: Piece[] = []
  let bits: Bits | null = null
  let rows = sample.size
  while (left.length > 0 && !(rows === 0 && chosen.length >= blind(sample.entries))) {
    const joint = left.map((one) => (bits ? both(bits, one.bits) : one.bits))
    const counts = joint.map(count)
    const least = Math.min(...counts)
    if (bits && rows > 0 && least > rows * worthwhile) break
    const best = counts.indexOf(least)
    bits = joint[best] as Bits
    rows = least
    chosen.push(...left.splice(best, 1).map(({ gram }) => gram))
  }
  return { pieces: chosen, share: rows / Math.max(1, sample.size) }
}

function gramsOf(pieces: readonly Piece[]): Piece[] {
  const grams = new Map<string, Piece>()
  for (const { column, letters } of pieces) {
    const chars = [...letters]
    for (let at = 0; at + 3 <= chars.length && grams.size < weighed; at++) {
      const gram = chars.slice(at, at + 3).join('')
      if (isGram.test(gram)) grams.set(`${column} ${gram}`, { column, letters: gram })
    }
  }
  return [...grams.values()]
}

const isGram = /^[\p{L}\p{N}]{3}$/u
