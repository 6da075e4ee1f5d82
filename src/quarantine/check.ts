/**
 * Proves the store: every copy that may still be sent has its bytes and they are the ones that were received, copies and
 * deliveries agree, nothing lies about, the search index knows exactly what is there, the audit chain is whole. Reads
 * only, page by page with flat memory, also while mail comes in: only what was there at the beginning is looked at.
 */
import type { Context } from '../context.ts'
import { verifyAudit } from '../store/audit.ts'
import { formatId } from '../store/ids.ts'
import {
  contentsToRead,
  contentsWithoutMessage,
  contentsWithWrongChunks,
  countStates,
  deliveriesWithoutHolding,
  existing,
  fileFaults,
  holdingsWithoutDelivery,
  isPurged,
  messageIds,
  messagesWithoutContent,
  messagesWithWrongRecipients,
  newest,
  pageEnd,
  type Range,
  strayChunks,
  strayHoldings,
  unknownMessages,
} from '../store/inspection.ts'
import type { SearchResult } from '../store/search/index.ts'

export type FindingKind =
  | 'content-missing' // a copy may be sent, and its content is not there
  | 'content-damaged' // the bytes are not those that were received
  | 'chunks-wrong' // fewer or more chunks than there should be
  | 'content-unused' // content of no message
  | 'chunks-stray' // chunks of no content
  | 'recipients-wrong' // a message without recipients, or with gaps
  | 'holding-stray' // a copy of no message
  | 'delivery-missing' // on its way or delivered, without exactly one delivery that says so
  | 'delivery-stray' // due, and its copy is not on its way
  | 'not-searchable' // a message that search does not know
  | 'search-stray' // search knows a message that is not there
  | 'file-damaged' // the database's own structure: an index and its table contradict each other
  | 'audit-broken' // a row of the audit log was changed or taken out

export interface Finding {
  kind: FindingKind
  /** Id of the message, content or delivery; number of the audit row. */
  target: string
  text: string
}

export interface CheckReport {
  ok: boolean
  messages: number
  contents: number
  /** Bytes read and compared with what was received. */
  bytes: number
  /** Copies in each state. */
  states: Record<string, number>
  auditRows: number
  /** Hash of the last audit row: noted elsewhere, it proves later that nothing was cut off. */
  auditHead: string
  /** The first 1,000. */
  findings: Finding[]
  findingsTotal: number
}

const findingsLimit = 1000

export interface CheckOptions {
  /** Messages looked at together; memory grows with it. */
  pageRows?: number
  /** Called now and then with how far it is. */
  progress?: (done: { messages: number; contents: number; bytes: number }) => void
}

export async function check(
  ctx: Context,
  { progress, pageRows = 500 }: CheckOptions = {},
): Promise<CheckReport> {
  const read = ctx.db.read
  const report: CheckReport = {
    ok: true,
    messages: 0,
    contents: 0,
    bytes: 0,
    states: {},
    auditRows: 0,
    auditHead: '',
    findings: [],
    findingsTotal: 0,
  }
  const find = (kind: FindingKind, target: string, text: string) => {
    report.ok = false
    if (report.findingsTotal++ < findingsLimit) report.findings.push({ kind, target, text })
  }
  for (const text of await fileFaults(ctx.db)) find('file-damaged', 'lazaret.db', text)
  // The index may lag behind the commits by a moment; it is asked for what was there before.
  const until = await newest(read)
  await ctx.db.search.settle()

  for await (const { count, ...range } of pages(ctx, 'messages', until.message, pageRows)) {
    await checkMessages(ctx, range, find)
    report.messages += count
    progress?.(report)
  }
  for await (const { count, ...range } of pages(ctx, 'contents', until.content, pageRows)) {
    await checkContents(ctx, range, report, find)
    report.contents += count
    progress?.(report)
  }
  for (const { message_id, n } of await strayHoldings(read, findingsLimit))
    find('holding-stray', formatId(message_id), `recipient ${n} belongs to a message that does not exist`)
  for (const id of await deliveriesWithoutHolding(read, findingsLimit))
    find('delivery-stray', formatId(id), 'the delivery is due, and the copy is not on its way')
  for (const id of await strayChunks(read, findingsLimit))
    find('chunks-stray', formatId(id), 'chunks that belong to no content')
  await checkSearch(ctx, until.message, pageRows, find)

  const chain = await verifyAudit(read)
  if (chain.brokenAt !== null)
    find(
      'audit-broken',
      String(chain.brokenAt),
      `row ${chain.brokenAt} of the audit log was changed or taken out`,
    )
  report.auditRows = chain.rows
  report.auditHead = chain.head
  report.states = await countStates(read)
  return report
}

type Find = (kind: FindingKind, target: string, text: string) => void

async function* pages(
  ctx: Context,
  table: 'messages' | 'contents',
  upTo: number,
  pageRows: number,
): AsyncGenerator<Range & { count: number }> {
  let after = 0
  for (;;) {
    const page = await pageEnd(ctx.db.read, table, { after, upTo }, pageRows)
    if (!page) return
    yield { after, upTo: page.last, count: page.count }
    after = page.last
  }
}

async function checkMessages(ctx: Context, range: Range, find: Find): Promise<void> {
  const read = ctx.db.read
  for (const id of await messagesWithoutContent(read, range))
    find('content-missing', formatId(id), 'the message has copies that may be sent, and no content')
  for (const id of await messagesWithWrongRecipients(read, range))
    find('recipients-wrong', formatId(id), 'the message has no recipients, or some are missing')
  for (const { message_id, n, state, due } of await holdingsWithoutDelivery(read, range)) {
    const wanted = state === 'releasing' ? 'due' : 'done'
    const text = `recipient ${n} is ${state} and has ${due} deliveries that are ${wanted}; there should be one`
    find('delivery-missing', formatId(message_id), text)
  }
}

async function checkContents(ctx: Context, range: Range, report: CheckReport, find: Find): Promise<void> {
  const read = ctx.db.read
  const wrong = new Set<number>()
  for (const { id, chunks, found } of await contentsWithWrongChunks(read, range)) {
    wrong.add(id)
    find('chunks-wrong', formatId(id), `the content has ${found} chunks where there should be ${chunks}`)
  }
  for (const id of await contentsWithoutMessage(read, range))
    find('content-unused', formatId(id), 'the content belongs to no message')
  for (const id of await contentsToRead(read, range)) {
    if (wrong.has(id)) continue
    try {
      for await (const bytes of ctx.content.open(id)) report.bytes += bytes.length
    } catch (error) {
      if (await isPurged(read, id)) continue // retention was here since
      find('content-damaged', formatId(id), error instanceof Error ? error.message : String(error))
    }
  }
}

/** Walks the messages and the index side by side, both in order of their ids. */
async function checkSearch(ctx: Context, upTo: number, pageRows: number, find: Find): Promise<void> {
  const { read, search } = ctx.db
  let cursor: SearchResult['next'] = null
  let after = 0
  while (after < upTo) {
    const page: SearchResult = await search.search({
      filter: {},
      sort: 'timestamp',
      order: 'asc',
      limit: pageRows,
      ...(cursor ? { after: cursor } : {}),
    })
    cursor = page.next
    const last = Math.min(cursor ? (page.ids.at(-1) ?? upTo) : upTo, upTo)
    const unseen = new Set(page.ids.filter((id) => id <= last))
    while (after < last) {
      const there = await messageIds(read, { after, upTo: last }, pageRows)
      const lost = there.filter((id) => !unseen.delete(id))
      // Some may have been removed since, by retention.
      for (const id of await existing(read, lost))
        find('not-searchable', formatId(id), 'search does not know this message')
      after = there.length < pageRows ? last : there.at(-1)!
    }
    for (const id of await unknownMessages(read, [...unseen]))
      find('search-stray', formatId(id), 'search knows a message that is not there')
    if (!cursor) return
  }
}
