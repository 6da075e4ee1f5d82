/**
 * Plain text in lines of 72 columns, as a mail client in a terminal shows it: broken between words and, where a script
 * has no blanks, between its letters. What follows the first line stands further in: strangers' words never begin a line
 * where ours do. A word that is longer than a line (an address) stays whole.
 */

const columns = 72
/** Letters that take two columns (UAX #11): of East Asia, and pictures. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u
/** What may not begin a line: marks, and what closes. */
const clings = /^(?:[\p{M}\p{Pe}\p{Pf}、。,.:;!?ー…]|\u200d|[\u{1f3fb}-\u{1f3ff}])/u

const widthOf = (text: string): number =>
  [...text].reduce((width, char) => width + (/[\p{M}\u200d]/u.test(char) ? 0 : wide.test(char) ? 2 : 1), 0)

/** What is never torn apart: words with the blank before them, and wide letters each for themselves. */
function pieces(line: string): string[] {
  const found: string[] = []
  for (const word of line.match(/ ?[^ ]+/g) ?? []) {
    let piece = ''
    for (const char of word) {
      const last = [...piece].at(-1) ?? ''
      const breaks = piece.trim() !== '' && (wide.test(char) || wide.test(last))
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
    const wanted = widthOf(piece)
    if (!isEmpty && width + wanted > columns) {
      lines.push(current)
      current = rest + piece.trimStart()
      width = widthOf(current)
    } else {
      current += piece
      width += wanted
    }
    isEmpty = false
  }
  return [...lines, current].join('\n')
}
