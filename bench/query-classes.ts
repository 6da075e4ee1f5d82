/**
 * What bench/query asks, class by class: a few searches each, their parameters taken from the mail itself, with the true
 * number of hits counted by looking at every row.
 */
import { exclusionOf, type FilterText, parseFilter } from '../src/api/search.ts'
import type { SearchRequest, SortKey } from '../src/store/search/index.ts'
import { type BenchMail, dice } from './query-mail.ts'

export interface BenchQuery {
  class: string
  text: FilterText
  request: SearchRequest
  hits: number
}

/** Milliseconds that the 95th percentile may take, on SQLite and on PostgreSQL. */
export const barOf = (name: string, kind: 'sqlite' | 'postgres'): number =>
  name === 'sorted by subject, filtered' || name === 'page 1000, filtered' ? 60 : kind === 'sqlite' ? 20 : 40

const perClass = 12
const dayMs = 86_400_000

const get = {
  sender: (mail: BenchMail) => mail.sender.toLowerCase(),
  subject: (mail: BenchMail) => mail.subject.toLowerCase(),
  recipient: (mail: BenchMail) => mail.recipients.join('\n').toLowerCase(),
  attachment: (mail: BenchMail) => mail.attachments.join('\n').toLowerCase(),
}
type TextField = keyof typeof get

/** @param every gives all mail from the beginning, each time it is called. */
export function benchQueries(every: () => Iterable<BenchMail>): BenchQuery[] {
  const random = dice(9)
  const all: BenchMail[] = []
  let rows = 0
  for (const mail of every()) {
    rows++
    const place = all.length < 4000 ? all.length : random.int(rows)
    if (place < 4000) all[place] = mail
  }
  const sample = all.filter((mail) => mail.sender !== '')
  const times = sample.map(({ receivedMs }) => receivedMs).sort((a, b) => a - b)
  const [first, last] = [times[0] as number, times.at(-1) as number]
  const queries: BenchQuery[] = []
  const ask = (
    name: string,
    text: FilterText,
    { sort = 'timestamp' as SortKey, order = 'desc' as 'asc' | 'desc', offset = 0 } = {},
  ) =>
    queries.push({
      class: name,
      text,
      request: { filter: parseFilter(text, Date.now()), sort, order, offset, limit: 50 },
      hits: 0,
    })
  const range = (days: number): Pick<FilterText, 'from' | 'to'> => {
    const from = first + random.roll() * Math.max(1, last - first - days * dayMs)
    return { from: new Date(from).toISOString(), to: new Date(from + days * dayMs).toISOString() }
  }
  const some = (at: number) => sample.slice(at, at + perClass)
  const parts = new Map<TextField, Map<string, number>>()
  for (const field of Object.keys(get) as TextField[]) parts.set(field, sharesOf(field, sample, random.int))
  const banded = (field: TextField, low: number, high: number, count = perClass) =>
    [...(parts.get(field) as Map<string, number>)]
      .filter(([, share]) => share >= low && share <= high)
      .map(([part]) => part)
      .slice(0, count)

  for (let i = 0; i < perClass; i++) ask('newest', {})
  for (const mail of some(100)) ask('sender exact', { sender: mail.sender })
  for (const part of banded('sender', 0, 0.0003)) ask('sender *s*, rare', { sender: `*${part}*` })
  for (const part of banded('sender', 0.02, 0.5)) ask('sender *s*, common', { sender: `*${part}*` })
  for (const part of banded('subject', 0, 0.0003)) ask('subject *s*, rare', { subject: `*${part}*` })
  for (const part of banded('subject', 0.01, 0.5)) ask('subject *s*, common', { subject: `*${part}*` })
  for (let i = 0; i < perClass; i++)
    ask('subject *s*, none', { subject: `*${'bcdfghjk'[random.int(8)]}ayzq${random.digits(3)}*` })
  for (const mail of some(900))
    ask('subject *s*, two letters', { subject: `*${mail.subject.toLowerCase().slice(3, 5).trim() || 'qu'}*` })
  for (const part of banded('recipient', 0.0002, 0.004)) ask('recipient *s*', { recipient: `*${part}*` })
  for (const part of banded('attachment', 0, 0.0003)) ask('attachment *s*, rare', { attachment: `*${part}*` })
  for (const part of banded('attachment', 0.01, 0.3))
    ask('attachment *s*, common', { attachment: `*${part}*` })
  for (const mail of some(200))
    ask('reason + area + week', { reason: mail.reason, area: mail.area, ...range(7) })
  for (const mail of some(300)) ask('message id', { messageId: mail.messageId })
  for (const mail of some(400)) ask('rule', { rule: mail.rule })
  const senders = banded('sender', 0.002, 0.4, perClass * 2)
  const subjects = banded('subject', 0.005, 0.5, perClass * 2)
  for (let i = 0; i < perClass; i++)
    ask('combination', {
      sender: `*${senders[i % senders.length]}*`,
      subject: `*${subjects[i % subjects.length]}*`,
      reason: ['spam', 'bulk', 'phishing'][i % 3],
      ...range(30),
    })
  const recipients = banded('recipient', 0.0002, 0.004)
  for (let i = 0; i < perClass; i++)
    ask('left out', {
      ...[
        { subject: `*${subjects[i % subjects.length]}*`, notReason: 'spam' },
        { recipient: `*${recipients[i % recipients.length]}*` },
        { notArea: 'spam', ...range(30) },
      ][i % 3],
      notSender: `*${senders[i % senders.length]}*`,
    })
  for (let i = 0; i < perClass; i++)
    ask('sorted by sender', {}, { sort: 'sender', order: i % 2 ? 'asc' : 'desc' })
  for (let i = 0; i < perClass; i++)
    ask(
      'sorted by subject, filtered',
      { reason: ['phishing', 'bulk', 'spoofing', 'attachment'][i % 4], ...range(30) },
      { sort: 'subject', order: i % 2 ? 'asc' : 'desc' },
    )
  for (let i = 0; i < perClass; i++) ask('page 1000', {}, { offset: 999 * 50 })
  for (let i = 0; i < perClass; i++) ask('page 1000, filtered', { reason: 'spam' }, { offset: 999 * 50 })
  countHits(queries, every())
  return queries
}

/** Pieces of values, each with the share of the sample that has it. */
function sharesOf(field: TextField, sample: BenchMail[], int: (n: number) => number): Map<string, number> {
  const texts = sample.map(get[field])
  const parts = new Set<string>()
  for (const text of texts.slice(0, 1200)) {
    const [value = ''] = text.split('\n')
    for (const word of value.split(/[^a-z0-9]+/)) if (word.length >= 5 && int(3) === 0) parts.add(word)
    const length = 4 + int(9)
    const at = int(Math.max(1, value.length - length))
    const part = value.slice(at, at + length)
    if (part.length >= 4 && part.trim() === part && !/[*\\%_"']/.test(part)) parts.add(part)
  }
  const shares = [...parts]
    .slice(0, 500)
    .map((part) => [part, texts.filter((text) => text.includes(part)).length / texts.length] as const)
  return new Map(shares)
}

function countHits(queries: BenchQuery[], every: Iterable<BenchMail>): void {
  const distinct = new Map<string, BenchQuery[]>()
  for (const query of queries) {
    const key = JSON.stringify(query.text)
    distinct.set(key, [...(distinct.get(key) ?? []), query])
  }
  const tests = [...distinct.values()].map((same) => ({
    same,
    test: testOf((same[0] as BenchQuery).text),
    hits: 0,
  }))
  for (const mail of every) {
    const values = {
      sender: get.sender(mail),
      subject: get.subject(mail),
      recipient: get.recipient(mail),
      attachment: get.attachment(mail),
    }
    for (const one of tests) if (one.test(mail, values)) one.hits++
  }
  for (const { same, hits } of tests) for (const query of same) query.hits = hits
}

function testOf(text: FilterText): (mail: BenchMail, values: Record<TextField, string>) => boolean {
  const checks: ((mail: BenchMail, values: Record<TextField, string>) => boolean)[] = []
  for (const field of Object.keys(get) as TextField[])
    for (const [wanted, found] of [
      [text[field], true],
      [text[exclusionOf(field)], false],
    ] as const) {
      if (!wanted) continue
      const part = wanted.replaceAll('*', '').toLowerCase()
      checks.push(
        wanted.startsWith('*')
          ? (_, values) => values[field].includes(part) === found
          : (_, values) => (values[field] === part) === found,
      )
    }
  for (const field of ['reason', 'area', 'rule', 'messageId'] as const) {
    const wanted = text[field]?.toLowerCase()
    if (wanted !== undefined) checks.push((mail) => mail[field].toLowerCase() === wanted)
    const unwanted = text[exclusionOf(field)]?.toLowerCase()
    if (unwanted !== undefined) checks.push((mail) => mail[field].toLowerCase() !== unwanted)
  }
  const from = text.from ? Date.parse(text.from) : Number.NEGATIVE_INFINITY
  const to = text.to ? Date.parse(text.to) : Number.POSITIVE_INFINITY
  checks.push(({ receivedMs }) => receivedMs >= from && receivedMs < to)
  return (mail, values) => checks.every((check) => check(mail, values))
}
