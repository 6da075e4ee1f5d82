/**
 * Results and the audit log as CSV, read a page at a time while the client takes them, so that nothing holds the whole.
 * An export is in the audit log before its first byte; one that fails midway is cut off, so that nobody takes a part of
 * it for all.
 */
import { type Actor, actorName } from '../../access/actor.ts'
import { openNotes } from '../../access/notes.ts'
import { seenFilter, seesAll } from '../../access/sight.ts'
import { checkTimeZone } from '../../api/dates.ts'
import { parseFilter } from '../../api/search.ts'
import { exportColumns } from '../../api/viewing-schemas.ts'
import { iso, itemView, type MessageItem } from '../../api/views.ts'
import { Problem } from '../../problem.ts'
import { auditAfter } from '../../store/auditlog.ts'
import { occurring } from '../../store/criteria.ts'
import type { HoldingState } from '../../store/schema.ts'
import type { SearchResult } from '../../store/search/index.ts'
import { type Cell, csvBytes, csvLine } from '../csv.ts'
import { seenRows } from '../listing.ts'
import type { Handlers, Parts, RawAnswer } from '../parts.ts'
import { Shares } from '../shares.ts'
import { watched } from '../streaming.ts'

type Names = 'exportMessages' | 'exportAudit' | 'listCriteria'
type Column = (typeof exportColumns)[number]

export const exportRowsLimit = 1_000_000
/** Of which one client address gets half: each holds a page of rows for as long as its client takes. */
export const exportsAtOnce = 20
const rowsPerSearch = 500
const rowsAtOnce = 50

const states: HoldingState[] = ['held', 'releasing', 'delivered', 'release-failed', 'deleted', 'expired']

export function exportHandlers(parts: Parts, rowsLimit = exportRowsLimit): Handlers<Names> {
  const { ctx, deps } = parts
  const underWay = new Shares()
  const note = openNotes(ctx)
  const noted = (actor: Actor, deed: string, details: Record<string, unknown>) =>
    note({ at: ctx.clock.now(), actor: actorName(actor), origin: actor.origin, deed, target: '', details })

  /** @throws Problem 'too-many' */
  async function exported(
    name: string,
    { origin }: Actor,
    begin: () => Promise<AsyncIterable<string[]>>,
  ): Promise<RawAnswer> {
    const giveBack = underWay.take(origin, exportsAtOnce)
    if (!giveBack)
      throw new Problem('too-many', 'Too many exports are under way.', 'Wait until one has ended.', {
        retryAfterS: 30,
        limit: exportsAtOnce,
      })
    try {
      return csvAnswer(name, watched(csvBytes(await begin()), giveBack))
    } catch (error) {
      giveBack()
      throw error
    }
  }

  return {
    async exportMessages({ actor, query, respond }) {
      const { columns: wanted, sort, order = sort === 'timestamp' ? 'desc' : 'asc', ...criteria } = query
      const columns = readColumns(wanted)
      const time = zonedTime(criteria.timeZone)
      // One moment for all pages: `7d` must not mean other days further on.
      const search = {
        filter: seenFilter(actor, parseFilter(criteria, ctx.clock.now())),
        sort,
        order,
        limit: rowsPerSearch,
      }
      async function* lines(first: SearchResult): AsyncGenerator<string[]> {
        yield [csvLine(columns)]
        let count = 0
        for (
          let page = first;
          ;
          page = await ctx.db.search.search({ ...search, after: page.next ?? undefined })
        ) {
          const ids = page.ids.slice(0, rowsLimit - count)
          count += ids.length
          for (let at = 0; at < ids.length; at += rowsAtOnce) {
            const rows = await seenRows(ctx.db, actor, ids.slice(at, at + rowsAtOnce))
            yield rows.map((row) => csvLine(cellsOf(itemView(row), columns, time)))
          }
          const isCut = ids.length < page.ids.length || (count >= rowsLimit && page.next !== null)
          if (isCut) yield [csvLine([cutText(rowsLimit), ...columns.slice(1).map(() => '')])]
          if (isCut || page.next === null) return
        }
      }
      const begin = async () => {
        const first = await ctx.db.search.search(search)
        await noted(actor, 'message.export', { criteria, sort, order, columns })
        return lines(first)
      }
      respond(await exported('messages', actor, begin))
    },
    async exportAudit({ actor, query, respond }) {
      const { from, to, ...words } = query
      const range = parseFilter({ from, to }, ctx.clock.now())
      const criteria = { ...words, from: range.from, to: range.to }
      async function* lines(): AsyncGenerator<string[]> {
        yield [csvLine(auditColumns)]
        let count = 0
        for (let after = 0; ; ) {
          const rows = await auditAfter(ctx.db.read, criteria, after, rowsPerSearch)
          const shown = rows.slice(0, rowsLimit - count)
          count += shown.length
          yield shown.map(({ seq, at, actor: who, origin, deed, target, details, previous, hash }) =>
            csvLine([seq, iso(at), who, origin, deed, target, details, previous, hash]),
          )
          if (shown.length < rows.length)
            yield [csvLine([cutText(rowsLimit), ...auditColumns.slice(1).map(() => '')])]
          if (shown.length < rows.length || rows.length < rowsPerSearch) return
          after = rows.at(-1)?.seq ?? after
        }
      }
      const begin = async () => {
        await noted(actor, 'audit.export', { criteria: query })
        return lines()
      }
      respond(await exported('audit', actor, begin))
    },
    async listCriteria({ actor }) {
      const { area, reason, scanner, rule } = await occurring(ctx.db)
      const configured = deps.policy().areas.map(({ name }) => name)
      return {
        // What else there is tells of the mail of others.
        areas: sorted(seesAll(actor) ? [...configured, ...area] : configured),
        reasons: reason,
        scanners: scanner,
        rules: seesAll(actor) ? rule : [],
        states,
      }
    },
  }
}

const auditColumns = ['seq', 'time', 'actor', 'origin', 'deed', 'target', 'details', 'previous', 'hash']

const cutText = (rows: number): string => `Cut off after ${rows} rows. Ask for less.`

const sorted = (values: string[]): string[] => [...new Set(values)].sort()

const csvAnswer = (name: string, body: AsyncIterable<Uint8Array>): RawAnswer => ({
  body,
  headers: {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.csv"`,
  },
})

/** @throws Problem 'invalid' */
function readColumns(text: string | undefined): readonly Column[] {
  const wanted = (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (wanted.length === 0) return exportColumns
  return [...new Set(wanted)].map((name) => {
    const known = exportColumns.find((column) => column === name)
    if (!known)
      throw new Problem(
        'invalid',
        `There is no column "${name.slice(0, 40)}".`,
        `Columns are ${exportColumns.join(', ')}.`,
        { field: 'columns' },
      )
    return known
  })
}

type Time = (isoTime: string) => string

/** ISO 8601 with the offset of the zone at that moment. @throws Problem 'invalid' */
function zonedTime(timeZone = 'UTC'): Time {
  checkTimeZone(timeZone)
  if (timeZone === 'UTC') return (isoTime) => isoTime
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'longOffset',
  })
  return (isoTime) => {
    const parts = Object.fromEntries(
      format.formatToParts(Date.parse(isoTime)).map(({ type, value }) => [type, value]),
    )
    const { year, month, day, hour, minute, second, fractionalSecond, timeZoneName = '' } = parts
    const offset = timeZoneName.replace(/^(?:GMT|UTC)/, '').replace('\u2212', '-') || '+00:00'
    return `${year}-${month}-${day}T${hour}:${minute}:${second}.${fractionalSecond}${offset}`
  }
}

function cellsOf(item: MessageItem, columns: readonly Column[], time: Time): Cell[] {
  const cells: Record<Column, () => Cell> = {
    receivedAt: () => time(item.receivedAt),
    sender: () => item.sender,
    recipients: () => item.recipients.map(({ address }) => address).join(', '),
    subject: () => item.subject,
    reason: () => item.reason,
    area: () => item.area,
    rule: () => item.rule,
    scanner: () => item.scanner,
    score: () => item.score,
    size: () => item.size,
    messageId: () => item.messageId,
    attachments: () => item.attachments.map(({ name }) => name).join(', '),
    states: () => item.recipients.map(({ state }) => state).join(', '),
    id: () => item.id,
  }
  return columns.map((column) => cells[column]())
}
