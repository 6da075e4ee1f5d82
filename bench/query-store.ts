/** A real store for bench/query: filling it in bulk, accepting mail at a steady rate, asking as the API does. */
import { randomBytes } from 'node:crypto'
import { type Clock, systemClock } from '../src/clock.ts'
import type { Context } from '../src/context.ts'
import { createEvents } from '../src/events.ts'
import { createLog } from '../src/log.ts'
import { defaultsOf } from '../src/options.ts'
import { accept } from '../src/quarantine/accept.ts'
import { entryOf, type HeldRows, heldInserts } from '../src/store/held.ts'
import { idAt } from '../src/store/ids.ts'
import { listMessages } from '../src/store/messages.ts'
import { openStore } from '../src/store/open.ts'
import { storeOptions } from '../src/store/options.ts'
import type { HoldingState } from '../src/store/schema.ts'
import type { Entry, SearchRequest, SearchResult } from '../src/store/search/index.ts'
import { type BenchMail, dice, oneMail } from './query-mail.ts'

export interface BenchStore extends AsyncDisposable {
  ctx: Context
}

/** @param url of a PostgreSQL database; '' for SQLite in `folder`. */
export async function openBenchStore(
  folder: string,
  url: string,
  clock: Clock = systemClock,
): Promise<BenchStore> {
  const log = createLog('error')
  const parts = { clock, log, events: createEvents(log) }
  const options = {
    ...defaultsOf(storeOptions),
    engine: url === '' ? ('sqlite' as const) : ('postgres' as const),
    url,
  }
  const store = await openStore(options, folder, parts)
  return {
    ctx: { db: store.db, content: store.content, ...parts },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

const atOnce = 2000

/** Puts mail into the store without its bytes, as if it had been accepted at its time, and more had happened since. */
export async function fill(
  { db }: Context,
  every: Iterable<BenchMail> | AsyncIterable<BenchMail>,
  progress: (rows: number) => void,
  nextState: () => HoldingState = () => 'held',
): Promise<void> {
  let batch: BenchMail[] = []
  let last = 0
  let done = 0
  const flush = async () => {
    const rows: HeldRows = { messages: [], holdings: [], releases: [], deliveries: [] }
    const entries: Entry[] = []
    for (const mail of batch) {
      last = Math.max(last + 1, idAt(mail.receivedMs))
      const message = {
        ...blank,
        ...mail,
        id: last,
        content_id: last,
        message_id: mail.messageId,
        attachments: attachmentsOf(mail),
      }
      const { receivedMs: _, recipients, messageId: __, ...columns } = message
      rows.messages.push(columns)
      recipients.forEach((address, n) => {
        rows.holdings.push({
          ...heldCopy,
          message_id: last,
          n,
          address,
          address_key: address.toLowerCase(),
          state: nextState(),
          changed_at: mail.receivedMs,
        })
      })
      const labels = {
        area: await db.labels.id('area', mail.area),
        reason: await db.labels.id('reason', mail.reason),
        rule: await db.labels.id('rule', mail.rule),
        scanner: await db.labels.id('scanner', mail.scanner),
      }
      entries.push(entryOf(columns, recipients, mail.attachments, labels))
    }
    await db.engine.commit(() => [...heldInserts(rows), ...db.search.inserts(entries)])
    await db.search.added(entries)
    done += batch.length
    batch = []
    progress(done)
  }
  for await (const mail of every) if (batch.push(mail) === atOnce) await flush()
  if (batch.length > 0) await flush()
  await db.search.settle()
}

const attachmentsOf = (mail: BenchMail): string =>
  JSON.stringify(
    mail.attachments.map((name) => ({ name, type: 'application/octet-stream', trueType: null, size: 1000 })),
  )

const heldCopy = { parameters: '', changed_by: 'system', release_id: null }
const blank = {
  via: 'smtp',
  explanation: 'Held: it was judged to be unwanted.',
  verdicts: '[]',
  authentication: '[]',
  score: 7.5,
  header_from: '',
  header_to: '',
  header_date: '',
  body: '',
  smtputf8: 0,
  client_ip: '192.0.2.1',
  client_name: '',
  helo: '',
  protocol: 'ESMTP',
  peer_ip: '127.0.0.1',
}

/** Page and total as the API answers them: the search, then the rows of the page. */
export async function askStore({ db }: Context, request: SearchRequest): Promise<SearchResult> {
  const found = await db.search.search(request)
  await listMessages(db, found.ids)
  return found
}

/** Accepts mail of 20 KB at this rate until it is stopped; then resolves to the number accepted. */
export function intake(ctx: Context, perSecond: number): () => Promise<number> {
  const random = dice(77)
  const tickMs = 20
  const running = new Set<Promise<unknown>>()
  const startedAt = performance.now()
  let asked = 0
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond)
    for (; asked < due; asked++) {
      const one = acceptOne(ctx, oneMail(random, ctx.clock.now()))
      running.add(one)
      void one.finally(() => running.delete(one))
    }
  }, tickMs)
  return async () => {
    clearInterval(timer)
    await Promise.all(running)
    return asked
  }
}

async function acceptOne(ctx: Context, mail: BenchMail): Promise<void> {
  const incoming = ctx.content.receive()
  await incoming.write(randomBytes(20_000))
  const recipients = mail.recipients.map((address) => ({ address, parameters: {} }))
  await accept(ctx, {
    envelope: {
      via: 'smtp',
      sender: mail.sender,
      recipients,
      body: null,
      smtputf8: false,
      client: { ip: '192.0.2.1', port: null, name: null, helo: 'bench', protocol: 'ESMTP' },
      peerIp: '127.0.0.1',
    },
    facts: {
      size: 20_000,
      from: mail.sender,
      fromAddresses: [mail.sender],
      to: mail.recipients[0] ?? '',
      subject: mail.subject,
      date: null,
      messageId: mail.messageId,
      attachments: mail.attachments.map((name) => ({
        name,
        type: 'application/pdf',
        trueType: null,
        size: 1000,
      })),
      headers: [],
      patterns: [],
      ambiguities: [],
    },
    content: await incoming.finish(),
    contentKept: false,
    verdicts: [],
    authentication: [],
    groups: [
      {
        area: mail.area,
        reason: 'spam',
        rule: mail.rule,
        scanner: mail.scanner,
        explanation: 'Held.',
        recipients: recipients.map((recipient) => ({ ...recipient, state: 'held' as const })),
      },
    ],
  })
}
