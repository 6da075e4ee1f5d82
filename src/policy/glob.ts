/**
 * Patterns in rules: `*` stands for any characters, everything else for itself, upper and lower case are the same.
 * There are no regular expressions in rules, so that no pattern and no message can make matching slow: time is linear
 * in the text for each piece between asterisks.
 */
export type Match = (text: string) => boolean

const patternCharsLimit = 500
const asterisksLimit = 20

/** What is wrong with a pattern, as the end of a sentence; null when nothing. */
export function patternError(pattern: string): string | null {
  if (pattern.trim() === '') return 'is empty; write * to match everything'
  if (pattern.length > patternCharsLimit) return `is longer than ${patternCharsLimit} characters`
  if (pattern.split('*').length - 1 > asterisksLimit) return `has more than ${asterisksLimit} asterisks`
  return null
}

export function globMatch(pattern: string): Match {
  const pieces = pattern.toLowerCase().split('*')
  const first = pieces[0]!
  if (pieces.length === 1) return (text) => text.length >= first.length && text.toLowerCase() === first
  const last = pieces.at(-1)!
  const middle = pieces.slice(1, -1).filter((piece) => piece !== '')
  return (text) => {
    const value = text.toLowerCase()
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last))
      return false
    const end = value.length - last.length
    let at = first.length
    for (const piece of middle) {
      const found = value.indexOf(piece, at)
      if (found < 0) return false
      at = found + piece.length
    }
    return at <= end
  }
}

/** True when any of the patterns matches. */
export function anyMatch(patterns: readonly string[]): Match {
  // Most lists are whole values: those are looked up, however many there are.
  const whole = new Set(
    patterns.filter((pattern) => !pattern.includes('*')).map((pattern) => pattern.toLowerCase()),
  )
  const globs = patterns.filter((pattern) => pattern.includes('*')).map(globMatch)
  return (text) => whole.has(text.toLowerCase()) || globs.some((matches) => matches(text))
}
