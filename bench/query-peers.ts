/**
 * What a careful engineer gets from the databases alone, in the same run on the same mail: SQLite with FTS5's trigram
 * tokenizer (contentless, row id in order of arrival), PostgreSQL with pg_trgm; indexes for what is exact or sorted.
 * A page and an exact count, one after the other.
 */
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { exclusionOf } from '../src/api/search.ts'
import type { BenchQuery } from './query-classes.ts'
import type { BenchMail } from './query-mail.ts'

export interface Peer extends AsyncDisposable {
  name: string
  fill(every: Iterable<BenchMail>): Promise<void>
  /** Number of rows of the page, and the total. */
  ask(query: BenchQuery): Promise<{ rows: number; total: number }>
}

const columns = [
  'id',
  'received',
  'sender',
  'recipients',
  'subject',
  'attachments',
  'reason',
  'area',
  'rule',
  'message_id',
]
const rowOf = (mail: BenchMail, id: number) => [
  id,
  mail.receivedMs,
  mail.sender.toLowerCase(),
  mail.recipients.join('\n').toLowerCase(),
  mail.subject.toLowerCase(),
  mail.attachments.join('\n').toLowerCase(),
  mail.reason,
  mail.area,
  mail.rule,
  mail.messageId,
]
const indexes = [
  'create index m_received on m (received, id)',
  'create index m_sender on m (sender, id)',
  'create index m_subject on m (subject, id)',
  'create index m_message_id on m (message_id)',
  'create index m_reason on m (reason, area, id)',
  'create index m_rule on m (rule, id)',
]
const fieldColumns = {
  sender: 'sender',
  subject: 'subject',
  recipient: 'recipients',
  attachment: 'attachments',
} as const
const labelColumns = { reason: 'reason', area: 'area', rule: 'rule', messageId: 'message_id' } as const

interface Where {
  from: string
  conditions: string[]
  values: (string | number)[]
}

/** `like` says how this engine looks for a substring; it may add to `where.from`. */
function whereOf(
  { text }: BenchQuery,
  idAt: (ms: number) => number,
  like: (where: Where, column: string, part: string) => void,
): Where {
  const where: Where = { from: 'm', conditions: [], values: [] }
  for (const [field, column] of Object.entries(fieldColumns)) {
    const wanted = text[field as keyof typeof fieldColumns]?.toLowerCase()
    const unwanted = text[exclusionOf(field as keyof typeof fieldColumns)]?.toLowerCase()
    if (unwanted !== undefined)
      where.conditions.push(`m.${column} not like $${where.values.push(unwanted.replaceAll('*', '%'))}`)
    if (wanted === undefined) continue
    if (wanted.startsWith('*')) like(where, column, wanted.slice(1, -1))
    else where.conditions.push(`m.${column} = $${where.values.push(wanted)}`)
  }
  for (const [field, column] of Object.entries(labelColumns)) {
    const wanted = text[field as keyof typeof labelColumns]
    if (wanted !== undefined) where.conditions.push(`m.${column} = $${where.values.push(wanted)}`)
    const unwanted = text[exclusionOf(field as keyof typeof labelColumns)]
    if (unwanted !== undefined) where.conditions.push(`m.${column} <> $${where.values.push(unwanted)}`)
  }
  if (text.from) where.conditions.push(`m.id >= $${where.values.push(idAt(Date.parse(text.from)))}`)
  if (text.to) where.conditions.push(`m.id < $${where.values.push(idAt(Date.parse(text.to)))}`)
  return where
}

function statements({ request }: BenchQuery, { from, conditions }: Where): { page: string; count: string } {
  const filtered = `from ${from}${conditions.length > 0 ? ` where ${conditions.join(' and ')}` : ''}`
  const order =
    request.sort === 'timestamp'
      ? `m.id ${request.order}`
      : `m.${request.sort} ${request.order}, m.id ${request.order}`
  return {
    page: `select ${columns.map((column) => `m.${column}`)} ${filtered} order by ${order} limit ${request.limit} offset ${request.offset ?? 0}`,
    count: `select count(*) as n ${filtered}`,
  }
}

export function fts5Peer(file: string): Peer {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  const db = new DatabaseSync(file)
  db.exec(
    'pragma journal_mode = wal; pragma synchronous = off; pragma cache_size = -200000; pragma temp_store = memory',
  )
  const positional = (sql: string) => sql.replace(/\$\d+/g, '?')
  const idAt = (ms: number) =>
    Number(db.prepare('select id from m where received >= ? order by received limit 1').get(ms)?.id ?? 1e15)
  return {
    name: 'SQLite FTS5',
    async fill(every) {
      db.exec(
        `create table m (${columns.map((column) => (column === 'id' ? 'id integer primary key' : column)).join(', ')})`,
      )
      db.exec(
        "create virtual table grams using fts5(sender, recipients, subject, attachments, content = '', tokenize = 'trigram')",
      )
      const row = db.prepare(`insert into m values (${columns.map(() => '?').join(', ')})`)
      const grams = db.prepare(
        'insert into grams (rowid, sender, recipients, subject, attachments) values (?, ?, ?, ?, ?)',
      )
      let id = 0
      db.exec('begin')
      for (const mail of every) {
        const values = rowOf(mail, ++id)
        row.run(...values)
        grams.run(id, values[2] as string, values[3] as string, values[4] as string, values[5] as string)
      }
      for (const index of indexes) db.exec(index)
      db.exec("insert into grams (grams) values ('optimize')")
      db.exec('commit; analyze')
    },
    async ask(query) {
      const matches: string[] = []
      const where = whereOf(query, idAt, (made, column, part) => {
        if (part.length >= 3) matches.push(`${column} : "${part.replaceAll('"', '""')}"`)
        else made.conditions.push(`instr(m.${column}, $${made.values.push(part)}) > 0`)
      })
      if (matches.length > 0) {
        where.from = 'grams join m on m.id = grams.rowid'
        where.conditions.unshift('grams match ?')
        where.values.unshift(matches.join(' AND '))
      }
      const { page, count } = statements(query, where)
      const byRowid =
        matches.length > 0 && query.request.sort === 'timestamp'
          ? page.replace('order by m.id', 'order by grams.rowid')
          : page
      const rows = db.prepare(positional(byRowid)).all(...where.values).length
      return { rows, total: Number(db.prepare(positional(count)).get(...where.values)?.n) }
    },
    async [Symbol.asyncDispose]() {
      db.close()
    },
  }
}

export async function trigramPeer(url: string): Promise<Peer> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    name: 'pg_trgm',
    async fill(every) {
      await client.query('create extension if not exists pg_trgm; drop table if exists m')
      await client.query(
        `create table m (${columns.map((column) => `${column} ${column === 'id' || column === 'received' ? 'bigint' : 'text'}`).join(', ')})`,
      )
      const insert = `insert into m select * from unnest(${columns.map((column, i) => `$${i + 1}::${column === 'id' || column === 'received' ? 'bigint' : 'text'}[]`).join(', ')})`
      let rows: unknown[][] = []
      let id = 0
      const flush = async () => {
        await client.query(
          insert,
          columns.map((_, i) => rows.map((row) => row[i])),
        )
        rows = []
      }
      for (const mail of every) if (rows.push(rowOf(mail, ++id)) === 5000) await flush()
      if (rows.length > 0) await flush()
      await client.query('alter table m add primary key (id)')
      for (const index of indexes) await client.query(index)
      for (const column of Object.values(fieldColumns))
        await client.query(`create index on m using gin (${column} gin_trgm_ops)`)
      await client.query('vacuum analyze m')
    },
    async ask(query) {
      const times: number[] = []
      for (const at of [query.text.from, query.text.to])
        if (at) {
          const { rows } = await client.query(
            'select id from m where received >= $1 order by received, id limit 1',
            [Date.parse(at)],
          )
          times.push(Number(rows[0]?.id ?? 1e15))
        }
      const where = whereOf(
        query,
        () => times.shift() as number,
        (made, column, part) =>
          made.conditions.push(
            `m.${column} like $${made.values.push(`%${part.replace(/[\\%_]/g, '\\$&')}%`)}`,
          ),
      )
      const { page, count } = statements(query, where)
      const rows = (await client.query(page, where.values)).rows.length
      return { rows, total: Number((await client.query(count, where.values)).rows[0]?.n) }
    },
    async [Symbol.asyncDispose]() {
      await client.end()
    },
  }
}
