/** The overview: what matters now, what happened by day, store and scanners. */
import { count, plural } from '../plural.ts'

const messages = (n: number) => plural(n, { one: 'message', other: 'messages' })

export const overview = {
  title: 'Overview',
  range: 'Days shown',
  days: (n: number) => plural(n, { one: 'day', other: 'days' }),
  now: 'Now',
  held: 'Held copies',
  heldText: 'One for each recipient',
  today: 'Held today',
  todayText: (size: string) => `${size} in all`,
  failed: 'Release failed',
  failedText: 'The next hop refused them',
  failedNone: 'None refused by the next hop',
  waiting: 'Waiting deliveries',
  waitingText: (deferred: number) => (deferred === 0 ? 'None was put off' : `${count(deferred)} put off`),
  waitingNone: 'All that was released is sent',
  oldest: 'Oldest:',
  noAttempt: 'Not tried yet.',
  attempts: (n: number) => plural(n, { one: 'attempt', other: 'attempts' }),
  chart: 'Held by day',
  chartLead: (n: number, size: string) => `${messages(n)}, ${size}`,
  chartHint:
    'Arrow keys: left and right go from day to day, up and down from reason to reason. Enter opens what is behind it.',
  asChart: 'Chart',
  asTable: 'Table',
  show: 'Show as',
  day: 'Day',
  total: 'All',
  otherReasons: 'Other reasons',
  barLabel: (day: string, n: number, of: string) => `${day}: ${count(n)} ${of}`,
  dayLabel: (day: string, n: number) => `${day}: ${messages(n)} held`,
  deliveryDayLabel: (day: string, n: number) =>
    `${day}: ${plural(n, { one: 'delivery', other: 'deliveries' })} ended`,
  deliveries: 'Released mail by day',
  deliveriesLead: (delivered: number, failed: number) =>
    `${count(delivered)} delivered, ${count(failed)} failed`,
  delivered: 'Delivered',
  deliveryFailed: 'Failed',
  noDeliveries: 'No released mail reached its end in these days.',
  reasons: 'Reasons',
  reasonsLead: (days: number) => `Of the last ${count(days)} days.`,
  reason: 'Reason',
  messages: 'Messages',
  share: 'Share',
  noneHeld: 'Nothing was held in these days.',
  store: 'Store',
  size: 'Size',
  free: 'Free on the disk',
  growth: 'Growth a day',
  growthUnknown: 'Known after a day',
  growthNone: 'Does not grow',
  engine: 'Kept in',
  engines: { sqlite: 'SQLite', postgres: 'PostgreSQL' } as Record<string, string>,
  freeUnknown: 'On the database server',
  full: (days: number) =>
    days < 1
      ? 'At this pace the disk is full within a day.'
      : `At this pace the disk is full in about ${plural(days, { one: 'day', other: 'days' })}.`,
  fullFar: 'At this pace the disk lasts for years.',
  scanners: 'Scanners',
  scannersLead: 'How they answered within the last hour.',
  noScanners: 'No scanner is configured: mail is judged by rules and by what the server before us wrote.',
  health: { well: 'Working', failing: 'Failing', idle: 'Not asked yet' } as Record<string, string>,
  asked: (n: number, failed: number) =>
    n === 0
      ? 'Not asked within the last hour'
      : `${plural(n, { one: 'mail', other: 'mails' })}, ${failed === 0 ? 'none failed' : `${count(failed)} failed`}`,
  median: (ms: number) => `usually ${ms < 1 ? 'below 1' : count(Math.round(ms))} ms`,
  lastFailure: 'Last failure',
  stale: 'These figures may be out of date.',
  first: {
    title: 'Nothing is held yet',
    lead: 'Lazaret is ready. Send it a first message that it will hold; one of these lines does it, from a terminal on this machine.',
    with: 'With',
    spam: 'The header X-Spam-Flag: YES makes it hold the message. This page shows it as soon as it is there.',
    address: 'Mail is taken on smtp 127.0.0.1:10024, unless the configuration file says another address.',
    afterwards: 'Then let your mail server hand over its mail to the same address.',
  },
}
