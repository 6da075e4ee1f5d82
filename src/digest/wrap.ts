/**
 * Plain text in lines of 72 columns, as a mail client in a terminal shows it: broken between words and, where a script
 * has no blanks, between its letters. What follows the first line stands further in: strangers' words never begin a line
 * where ours do. A word that is longer than a line (an address) stays whole.
 */
import { isWide, textWidth } from '../render/text-width.ts'

const columns = 72
/** What may not begin a line: marks, and what closes. */
const clings = /^(?:[\p{M}\p{Pe}\p{Pf}、。,.:;!?ー…]|\u200d|[\u{1f3fb}-\u{1f3ff}])/u

/** What is never torn apart: words with the blank before them, and wide letters each for themselves. */
function pieces(line: string): string[] {
  const found: string[] = []
  for (const word of line.match(/ ?[^ ]+/g) ?? []) {
    let piece = ''
    for (const char of word) {
      const last = [...piece].at(-1) ?? ''
      const breaks = piece.trim() !== '' && (isWide(char) || isWide(last))
      if (breaks && !clings.test(char) && last !== '\u200d') {
        found.push(piece)
        piece = ''
      }
      piece += char
    }
    if (piece !== '') found.push(piece)
  }
  return found
}

/** @param rest before every line but the first. */
export function wrapped(line: string, rest = ''): string {
  // Mostly it is.
  if (line.length <= columns / 2 || (line.length <= columns && /^[\x20-\x7e]*$/.test(line))) return line
  const [indent = ''] = /^ */.exec(line) ?? []
  const lines: string[] = []
  let current = indent
  let width = indent.length
  let isEmpty = true
  for (const piece of pieces(line.slice(indent.length))) {
    const wanted = textWidth(piece)
    if (!isEmpty && width + wanted > columns) {
      lines.push(current)
      current = rest + piece.trimStart()
      width = textWidth(current)
    } else {
      current += piece
      width += wanted
    }
    isEmpty = false
  }
  return [...lines, current].join('\n')
}
