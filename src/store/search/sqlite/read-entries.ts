/** What is left of a segment, as entries again: to make a new one of them. */
import type { DatabaseSync } from 'node:sqlite'
import type { Entry } from '../index.ts'
import { readLabels } from './labels.ts'
import {
  blockKey,
  blockSeparator,
  type Column,
  columns,
  dictionaryOf,
  fences,
  pageKey,
  parts,
} from './layout.ts'

export function readEntries(db: DatabaseSync, segment: number): Entry[] {
  const known = db.prepare('select rows, dead from segments where segment = ?').get(segment) as
    | { rows: number; dead: Uint8Array | null }
    | undefined
  if (!known) throw new Error(`search index: there is no segment ${segment}`)
  const part = (number: number): ArrayBuffer => readPart(db, segment, number)
  const ids = new Float64Array(part(parts.ids))
  const labels = readLabels(new Uint8Array(part(parts.labels)))
  const values = (column: Column): string[][] => {
    const byRow: string[][] = Array.from(ids, () => [])
    const starts = new Uint32Array(part(parts.starts(column)))
    const rows = new Uint16Array(part(parts.rows(column)))
    readDictionary(db, segment, dictionaryOf(column)).forEach((value, v) => {
      for (let at = starts[v] as number; at < (starts[v + 1] as number); at++)
        byRow[rows[at] as number]?.push(value)
    })
    return byRow
  }
  const one = (column: Column) => values(column).map(([value]) => value ?? '')
  const list = (column: Column) =>
    values(column).map((all) => (all.length === 0 ? '' : `\n${all.join('\n')}\n`))
  const senders = one(columns.sender)
  const subjects = one(columns.subject)
  const recipients = list(columns.recipients)
  const firsts = one(columns.recipient)
  const attachments = list(columns.attachments)
  const messageIds = one(columns.messageId)
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
      sender_key: senders[row] as string,
      subject_key: subjects[row] as string,
      recipient_key: firsts[row] as string,
      message_id_key: messageIds[row] as string,
      recipients_key: recipients[row] as string,
      attachments_key: attachments[row] as string,
    })
  })
  return entries
}

function readPart(db: DatabaseSync, segment: number, part: number): ArrayBuffer {
  const rows = db
    .prepare('select bytes from parts where page >= ? and page < ? order by page')
    .all(pageKey(segment, part, 0), pageKey(segment, part + 1, 0)) as { bytes: Uint8Array }[]
  const whole = new Uint8Array(rows.reduce((sum, { bytes }) => sum + bytes.byteLength, 0))
  let at = 0
  for (const { bytes } of rows) {
    whole.set(bytes, at)
    at += bytes.byteLength
  }
  return whole.buffer
}

function readDictionary(db: DatabaseSync, segment: number, dictionary: Column): string[] {
  const blocks = db
    .prepare('select text from texts where block >= ? and block < ? order by block')
    .all(blockKey(segment, dictionary, 0), blockKey(segment, dictionary, fences)) as { text: string }[]
  return blocks.flatMap(({ text }) => text.split(blockSeparator))
}
