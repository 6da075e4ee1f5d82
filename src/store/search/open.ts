/** Stand-in until the real index is here (developer "search" overwrites this file): plain filter in memory. */
import type { Clock } from '../../clock.ts'
import type { Events } from '../../events.ts'
import type { Log } from '../../log.ts'
import type { Engine } from '../engine.ts'
import { idAt } from '../ids.ts'
import type { Entry, Pattern, SearchIndex, SearchResult } from './index.ts'

const matches = (value: string, p: Pattern | undefined) =>
  !p ||
  new RegExp(
    `${p.start ? '^' : ''}${p.pieces.map((x) => x.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*')}${p.end ? '$' : ''}`,
  ).test(value)
const any = (values: string, p: Pattern | undefined) =>
  !p ||
  values
    .split('\n')
    .filter(Boolean)
    .some((value) => matches(value, p))

export async function openSearch(
  engine: Engine,
  _options: { path: string; clock: Clock; log: Log; events: Events },
): Promise<SearchIndex> {
  const entries = new Map<number, Entry>()
  return {
    inserts: () => [],
    added: (list) => {
      for (const entry of list) entries.set(entry.id, entry)
      return undefined
    },
    async search({ filter, sort, order, limit, offset = 0, after }): Promise<SearchResult> {
      const labels = await engine.all<{ id: number; kind: string; value: string }>('select * from labels')
      const label = (kind: string, id: number) =>
        (labels.find((l) => l.kind === kind && l.id === id)?.value ?? '').toLowerCase()
      const key = (e: Entry) =>
        sort === 'sender'
          ? e.sender_key
          : sort === 'recipient'
            ? e.recipient_key
            : sort === 'subject'
              ? e.subject_key
              : ''
      const direction = order === 'asc' ? 1 : -1
      const compare = (a: { key: string; id: number }, b: { key: string; id: number }) =>
        direction * (a.key < b.key ? -1 : a.key > b.key ? 1 : a.id - b.id)
      const hits = [...entries.values()]
        .filter(
          (e) =>
            matches(e.sender_key, filter.sender) &&
            matches(e.subject_key, filter.subject) &&
            any(e.recipients_key, filter.recipient) &&
            any(e.attachments_key, filter.attachment) &&
            matches(e.message_id_key, filter.messageId) &&
            matches(label('area', e.area), filter.area) &&
            matches(label('reason', e.reason), filter.reason) &&
            matches(label('rule', e.rule), filter.rule) &&
            matches(label('scanner', e.scanner), filter.scanner) &&
            (filter.from === undefined || e.id >= idAt(filter.from)) &&
            (filter.to === undefined || e.id < idAt(filter.to)),
        )
        .map((e) => ({ key: key(e), id: e.id }))
        .sort(compare)
      const start = after ? hits.findIndex((hit) => compare(hit, after) > 0) : offset
      const page = start < 0 ? [] : hits.slice(start, start + limit)
      return {
        ids: page.map((hit) => hit.id),
        total: hits.length,
        totalIsExact: true,
        next: start + limit < hits.length ? (page.at(-1) ?? null) : null,
      }
    },
    forget: async (ids) => {
      for (const id of ids) entries.delete(id)
    },
    settle: async () => {},
    async [Symbol.asyncDispose]() {},
  }
}
