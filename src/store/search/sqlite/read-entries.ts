/** What is left of a segment, as entries again: to make a new one of them. */
import type { DatabaseSync } from 'node:sqlite'
import type { Entry } from '../index.ts'
import { blockKey, blockRows, blockSeparator, type Column, columns, parts, readLabels, sortColumns } from './layout.ts'

export function readEntries(db: DatabaseSync, segment: number): Entry[] {
  const known = db.prepare('select rows, dead from segments where segment = ?').get(segment) as
    | { rows: number; dead: Uint8Array | null }
    | undefined
  if (!known) throw new Error(`search index: there is no segment ${segment}`)
  const part = (number: number): Uint8Array => {
    const row = db.prepare('select bytes from parts where segment = ? and part = ?').get(segment, number)
    if (!row) throw new Error(`search index: segment ${segment} has no part ${number}`)
    return (row.bytes as Uint8Array).slice()
  }
  const texts = (column: Column): string[] => {
    const text = db.prepare('select text from texts where block = ?')
    const values: string[] = []
    for (let block = 0; block * blockRows < known.rows; block++)
      values.push(...(text.get(blockKey(segment, column, block))?.text as string).split(blockSeparator))
    if (!(Object.values(sortColumns) as Column[]).includes(column)) return values
    const inRowOrder: string[] = []
    new Uint16Array(part(parts.order(column)).buffer).forEach((row, position) => {
      inRowOrder[row] = values[position] as string
    })
    return inRowOrder
  }
  const ids = new Float64Array(part(parts.ids).buffer)
  const labels = readLabels(part(parts.labels))
  const [sender, subject, recipient, recipients, attachments, messageId] = Object.values(columns).map(texts)
  const dead = new Set(known.dead ? new Uint16Array(known.dead.slice().buffer) : [])
  const entries: Entry[] = []
  ids.forEach((id, row) => {
    if (dead.has(row)) return
    const [area, reason, rule, scanner] = labels.combinations.subarray((labels.rows[row] as number) * 4)
    entries.push({
      id,
      area: area as number,
      reason: reason as number,
      rule: rule as number,
      scanner: scanner as number,
      sender_key: sender?.[row] as string,
      subject_key: subject?.[row] as string,
      recipient_key: recipient?.[row] as string,
      recipients_key: recipients?.[row] as string,
      attachments_key: attachments?.[row] as string,
      message_id_key: messageId?.[row] as string,
    })
  })
  return entries
}
