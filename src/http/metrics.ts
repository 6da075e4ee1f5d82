/**
 * Figures for Prometheus, fed by events and, when asked for, by counts of the store. Labels are words of the
 * configuration and of the product, never of mail: their number stays small.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import { dueSummary } from '../delivery/operations.ts'
import type { Event } from '../events.ts'
import { storeBytes } from '../store/counts.ts'
import type { Counts } from './counts.ts'

export interface Metrics extends Disposable {
  contentType: string
  /** @throws when the store does not answer. */
  text(): Promise<string>
  request(route: string, method: string, status: number, seconds: number): void
}

export function openMetrics(ctx: Context, counts: Counts, version: string): Metrics {
  const register = new Registry()
  const registers = [register]
  const tell = eventMetrics(registers)
  storeMetrics(ctx, counts, registers)
  processMetrics(registers, version)
  const requests = new Histogram({
    name: 'lazaret_http_request_seconds',
    help: 'Time until the answer began.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
    registers,
  })
  const unlisten = ctx.events.listen(tell)
  return {
    contentType: register.contentType,
    text: () => register.metrics(),
    request: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    [Symbol.dispose]() {
      unlisten()
      register.clear()
    },
  }
}

function eventMetrics(registers: Registry[]): (event: Event) => void {
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `lazaret_${name}_total`, help, labelNames, registers })
  const seconds = (name: string, help: string) =>
    new Histogram({
      name: `lazaret_${name}_seconds`,
      help,
      buckets: [0.005, 0.02, 0.05, 0.1, 0.5, 2, 10, 60],
      registers,
    })
  const held = counter('messages_held', 'Messages taken into quarantine.', 'area', 'reason')
  const heldBytes = counter('held_bytes', 'Bytes of mail taken into quarantine.')
  const holdSeconds = seconds('hold', 'From the last byte of a held mail to its durable reply.')
  const passed = counter('mails_passed', 'Clean mails handed to the next hop.')
  const refused = counter('mails_refused', 'Mails answered with an error.', 'code')
  const sessions = counter('mail_sessions', 'SMTP and LMTP sessions.', 'protocol')
  const open = new Gauge({
    name: 'lazaret_mail_sessions_open',
    help: 'SMTP and LMTP sessions at this moment.',
    labelNames: ['protocol'],
    registers,
  })
  const scanners = counter('scanner_failures', 'Scanners that failed or timed out.', 'scanner')
  const deeds = counter(
    'recipients_handled',
    "Recipients' copies released, deleted, restored by people.",
    'deed',
  )
  const attempts = counter('delivery_attempts', 'Attempts to deliver released mail.', 'outcome')
  const attemptSeconds = seconds('delivery_attempt', 'What an attempt took.')
  const expired = counter('messages_expired', 'Messages whose retention ended.', 'area')
  const purged = counter('contents_purged', 'Contents removed from the store.')
  const signIns = counter('sign_ins', 'People signing in.', 'result')
  const failures = counter('failures', 'Errors of ours; the log has each.')
  const behind = new Gauge({
    name: 'lazaret_index_behind_entries',
    help: 'Entries that the search index had yet to take in when it last complained.',
    registers,
  })

  return (event) => {
    switch (event.kind) {
      case 'held':
        held.inc({ area: event.area, reason: event.reason }, event.messages.length)
        heldBytes.inc(event.size)
        return holdSeconds.observe(event.tookMs / 1000)
      case 'passed':
        return passed.inc()
      case 'refused':
        return refused.inc({ code: event.code })
      case 'session-opened':
        sessions.inc({ protocol: event.protocol })
        return open.inc({ protocol: event.protocol })
      case 'session-closed':
        return open.dec({ protocol: event.protocol })
      case 'scanner-failed':
        return scanners.inc({ scanner: event.scanner })
      case 'released':
      case 'deleted':
      case 'restored':
        return deeds.inc({ deed: event.kind }, event.recipients)
      case 'attempt':
        attempts.inc({ outcome: event.outcome })
        return attemptSeconds.observe(event.tookMs / 1000)
      case 'expired':
        return expired.inc({ area: event.area }, event.messages)
      case 'purged':
        return purged.inc(event.contents)
      case 'signed-in':
        return signIns.inc({ result: 'ok' })
      case 'sign-in-failed':
        return signIns.inc({ result: 'refused' })
      case 'index-behind':
        return behind.set(event.entries)
      case 'failure':
        return failures.inc()
      default:
    }
  }
}

function storeMetrics(ctx: Context, counts: Counts, registers: Registry[]): void {
  new Gauge({
    name: 'lazaret_recipients',
    help: "Recipients' copies in the store, by state.",
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset()
      const { value } = await counts.holdings()
      for (const [state, count] of Object.entries(value)) this.set({ state }, count)
    },
  })
  let running: ReturnType<typeof dueSummary> | undefined
  // Both gauges are asked at the same time.
  const due = () => {
    running ??= dueSummary(ctx.db).finally(() => {
      running = undefined
    })
    return running
  }
  new Gauge({
    name: 'lazaret_deliveries_due',
    help: 'Deliveries not done yet; deferred: tried before.',
    labelNames: ['deferred'],
    registers,
    async collect() {
      const summary = await due()
      this.set({ deferred: 'no' }, summary.due - summary.deferred)
      this.set({ deferred: 'yes' }, summary.deferred)
    },
  })
  new Gauge({
    name: 'lazaret_deliveries_oldest_due_seconds',
    help: 'For how long the oldest delivery that is due has been waiting; 0: none is.',
    registers,
    async collect() {
      const { oldest } = await due()
      this.set(oldest === null ? 0 : Math.max(0, ctx.clock.now() - oldest) / 1000)
    },
  })
  new Gauge({
    name: 'lazaret_store_bytes',
    help: 'Size of the database; on SQLite without its search index.',
    registers,
    async collect() {
      this.set(await storeBytes(ctx.db))
    },
  })
}

function processMetrics(registers: Registry[], version: string): void {
  new Gauge({ name: 'lazaret_info', help: 'Which version runs.', labelNames: ['version'], registers }).set(
    { version },
    1,
  )
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
  new Gauge({
    name: 'process_cpu_seconds_total',
    help: 'User and system time of the process.',
    registers,
    collect() {
      const { user, system } = process.cpuUsage()
      this.set((user + system) / 1e6)
    },
  })
}
