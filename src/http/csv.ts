/**
 * Tables as CSV (RFC 4180: commas, quotes, CRLF; UTF-8 with a byte order mark, by which spreadsheets know it). Strings
 * come from strangers, and a spreadsheet runs what looks like a formula: such a cell gets an apostrophe in front, and so
 * does each piece of it that would become a cell of its own where semicolons or tabs separate cells. Taking one
 * apostrophe away at the same places gives back what was there.
 */
export type Cell = string | number | null

const separators = /([;\t\r\n])/
const formula = /^['"\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]/

export const csvStart = '\ufeff'

export const csvLine = (cells: readonly Cell[]): string => `${cells.map(csvCell).join(',')}\r\n`

function csvCell(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = harmless(cell.toWellFormed().replaceAll('\0', '\ufffd'))
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function harmless(text: string): string {
  const pieces = text.split(separators).map((piece) => (formula.test(piece) ? `'${piece}` : piece))
  const joined = pieces.join('')
  return /^'*[\t\r\n]/.test(text) ? `'${joined}` : joined
}

/**
 * Text in pieces of some size, for a client that takes them at its pace.
 * @param lines in batches, as they are read.
 */
export async function* csvBytes(lines: AsyncIterable<string[]>): AsyncGenerator<Uint8Array> {
  let text = csvStart
  for await (const batch of lines) {
    text += batch.join('')
    if (text.length < pieceChars) continue
    yield Buffer.from(text, 'utf8')
    text = ''
  }
  if (text !== '') yield Buffer.from(text, 'utf8')
}

const pieceChars = 65_536
