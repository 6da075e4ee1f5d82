/**
 * Writing to a terminal: tables for people, JSON for programs. What comes from mail is hostile: control characters
 * could drive the terminal and bidirectional marks could turn a name around, so all of them are shown, not sent.
 */

import { once } from 'node:events'
import { charWidth, textWidth } from '../render/text-width.ts'

// C0, DEL, C1, zero-width and bidirectional controls, line separators, lone surrogates, tags.
const dangerous =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}|[\u{e0000}-\u{e007f}]/gu

/** One line that is safe to print. */
export const safe = (text: string): string =>
  text.replace(dangerous, (char) => {
    const code = char.codePointAt(0) ?? 0
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
  })

/** Several lines: line ends and tabs stay. */
export const safeText = (text: string): string =>
  text
    .split(/\r\n|\n/)
    .map((line) => line.split('\t').map(safe).join('\t'))
    .join('\n')

function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const char of text) {
    if (used + charWidth(char) > width - 1) break
    kept += char
    used += charWidth(char)
  }
  return `${kept}…`
}

/**
 * A table with aligned columns. On a terminal (`columns` given) the widest columns shrink until a row fits a line.
 * Cells are made safe here.
 */
export function table(head: string[], rows: string[][], columns?: number): string {
  const cells = [head, ...rows].map((row) => row.map(safe))
  const widths = head.map((_, i) => Math.max(...cells.map((row) => textWidth(row[i] ?? ''))))
  if (columns !== undefined) {
    const gaps = 2 * (widths.length - 1)
    while (widths.reduce((sum, width) => sum + width, gaps) > columns) {
      const widest = widths.indexOf(Math.max(...widths))
      if ((widths[widest] ?? 0) <= 8) break
      widths[widest] = (widths[widest] ?? 0) - 1
    }
  }
  return cells
    .map((row) =>
      row
        .map((cell, i) => {
          const shown = cut(cell, widths[i] ?? 0)
          return shown + ' '.repeat(Math.max(0, (widths[i] ?? 0) - textWidth(shown)))
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** Lines of `name: value`, values aligned; empty values are left out. */
export function facts(pairs: [string, string][]): string {
  const shown = pairs.filter(([, value]) => value !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(([name, value]) => `${`${name}:`.padEnd(width + 2)}${safe(value)}`).join('\n')
}

const print = (stream: NodeJS.WriteStream, text: string) =>
  stream.write(text.endsWith('\n') ? text : `${text}\n`)

/** Pieces of what was asked for, as they are. */
export const write = (text: string): boolean => process.stdout.write(text)
/** Resolves when whoever reads has taken enough of it for more to be written. */
export async function drained(): Promise<void> {
  if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain')
}
/** What was asked for. */
export const say = (text: string): boolean => print(process.stdout, text)
/** What is told beside it: hints, progress, errors; never in the way of a pipe. */
export const tell = (text: string): boolean => print(process.stderr, text)
export const sayJson = (value: unknown): boolean => say(JSON.stringify(value, null, 2))

export const terminalColumns = (): number | undefined =>
  process.stdout.isTTY ? process.stdout.columns : undefined

/** `2026-01-31 09:05:00` in the time zone of whoever looks. */
export function localTime(iso: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  const two = (n: number) => String(n).padStart(2, '0')
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

/** `1.4 MB` (1,000,000 bytes). */
export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const power = bytes < 999_500 ? 1 : bytes < 999_500_000 ? 2 : 3
  const value = bytes / 1000 ** power
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${['', 'kB', 'MB', 'GB'][power]}`
}
