/** Medians, ratios within a round, and the tables that a bench prints. */

export function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** Three significant digits, as far as a bench can tell. */
export const digits = (value: number): string =>
  !Number.isFinite(value) ? '–' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)

/** `3.10 (2.80–3.40)`: the median over rounds, with the lowest and highest. */
export function spread(values: readonly number[]): string {
  const known = values.filter(Number.isFinite)
  if (known.length === 0) return '–'
  if (known.length === 1) return digits(known[0] as number)
  return `${digits(median(known))} (${digits(Math.min(...known))}–${digits(Math.max(...known))})`
}

/** Ratios round by round: what noise does to a round, it does to both. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((value, i) => value / (theirs[i] ?? Number.NaN))

export function table(heads: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n')
}

export interface Mark {
  what: string
  /** The figure that is judged. */
  value: number
  atLeast?: number
  atMost?: number
}

/** One line for each mark, met or missed. */
export function judged(marks: readonly Mark[]): string {
  return marks
    .map(({ what, value, atLeast, atMost }) => {
      const met =
        Number.isFinite(value) &&
        (atLeast === undefined || value >= atLeast) &&
        (atMost === undefined || value <= atMost)
      const bar = atLeast !== undefined ? `at least ${atLeast}` : `at most ${atMost}`
      return `${met ? 'met   ' : 'MISSED'}  ${what}: ${digits(value)} (${bar})`
    })
    .join('\n')
}
