/** Entries as rows: one each, and one for each of its recipients. */
import type { Insert } from '../../engine.ts'
import { type Entry, entryFields } from '../index.ts'

const recipientColumns = ['address_key', 'id', 'area', 'reason', 'sender_key', 'subject_key'] as const
/** Longer ones would not fit into the index of recipients (0017): there they are null, as for one who is named twice. */
const [senderBytes, subjectBytes] = [300, 400]

export function entryInserts(entries: Entry[]): Insert[] {
  const recipients = entries.flatMap((entry) => {
    const { id, area, reason } = entry
    const sender = ifWithin(entry.sender_key, senderBytes)
    const subject = ifWithin(entry.subject_key, subjectBytes)
    const keys = entry.recipients_key.split('\n').filter((key) => key !== '')
    const distinct = new Set(keys)
    const known = (key: string) =>
      distinct.size === keys.length || keys.indexOf(key) === keys.lastIndexOf(key)
        ? [sender, subject]
        : [null, null]
    return [...distinct].map((key) => [key, id, area, reason, ...known(key)])
  })
  return [
    {
      table: 'entries',
      columns: entryFields,
      rows: entries.map((entry) => entryFields.map((column) => entry[column])),
    },
    { table: 'entry_recipients', columns: recipientColumns, rows: recipients },
  ]
}

const ifWithin = (value: string, bytes: number): string | null =>
  Buffer.byteLength(value) <= bytes ? value : null
