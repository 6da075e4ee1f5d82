/**
 * Mail for bench/query, as skewed as a quarantine's: few senders, recipients, rules and words are everywhere, most are
 * rare. The same number of rows gives the same mail, in order of time.
 */
export interface BenchMail {
  receivedMs: number
  sender: string
  recipients: string[]
  subject: string
  attachments: string[]
  reason: string
  area: string
  rule: string
  scanner: string
  messageId: string
  size: number
}

export interface Dice {
  /** 0 ≤ x < 1 */
  roll(): number
  int(n: number): number
  /** From 0 to below `n`, the small ones most often: the share of x is about 1/x. */
  skewed(n: number): number
  digits(n: number): string
}

/** mulberry32 */
export function dice(seed: number): Dice {
  let state = seed >>> 0
  const roll = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
  const int = (n: number) => Math.floor(roll() * n)
  return {
    roll,
    int,
    skewed: (n) => Math.min(n - 1, Math.floor(Math.exp(roll() * Math.log(n + 1))) - 1),
    digits: (n) => String(int(10 ** n)).padStart(n, '0'),
  }
}

const syllables =
  'ba be bi bo da de di do fa fe ga go ha he ka ke ki la le li lo ma me mi mo na ne no pa pe po ra re ri ro sa se si so ta te ti to va ve vi wa we za zo'.split(
    ' ',
  )
const words =
  'invoice order payment account delivery notice update report meeting schedule contract statement offer security password review project team member document attached overdue final reminder confirm shipment tracking request approval quote purchase salary bonus holiday training survey policy internal urgent important action required shared folder voice message missed call budget forecast quarter results audit renewal licence subscription membership event invitation newsletter weekly digest alert warning unusual sign-in verify suspended released refund claim transfer bank wire tax form receipt parcel customs clearance agenda minutes draft proposal'.split(
    ' ',
  )
const hosts = ['mail', 'smtp', 'mx1', 'news', 'bounce', 'alerts']
const ends = ['com', 'net', 'org', 'de', 'io', 'co.uk', 'biz', 'info']
const robots = ['noreply', 'no-reply', 'alerts', 'newsletter', 'info', 'billing', 'support', 'bounces']
const kinds = [
  { reason: 'spam', area: 'Spam', scanner: 'rspamd', share: 0.42 },
  { reason: 'bulk', area: 'Promotions', scanner: 'rspamd', share: 0.18 },
  { reason: 'phishing', area: 'Threat', scanner: 'rspamd', share: 0.13 },
  { reason: 'malware', area: 'Threat', scanner: 'clamav', share: 0.06 },
  { reason: 'attachment', area: 'Attachments', scanner: 'types', share: 0.09 },
  { reason: 'spoofing', area: 'Threat', scanner: 'headers', share: 0.05 },
  { reason: 'policy', area: 'Compliance', scanner: 'headers', share: 0.07 },
]
const files = ['pdf', 'docx', 'xlsx', 'zip', 'html', 'exe', 'iso', 'jpg', 'rar', 'vbs']

/** A name that belongs to a number: the same each time. */
function nameOf(number: number, parts: number): string {
  let name = ''
  for (let i = 0, rest = number * 7919 + 13; i < parts; i++) {
    name += syllables[rest % syllables.length]
    rest = Math.floor(rest / syllables.length) + 31 * i
  }
  return name
}

const person = (number: number): string => `${nameOf(number, 2)}.${nameOf(number >> 3, 3)}`

/** Mail of the days before `endMs`. */
export function* benchMail(rows: number, endMs: number): Generator<BenchMail, void> {
  const random = dice(42)
  const days = 90
  const startMs = endMs - days * 86_400_000
  for (let row = 0; row < rows; row++)
    yield oneMail(random, startMs + Math.floor(((row + random.roll()) / rows) * days * 86_400_000))
}

export function oneMail(random: Dice, receivedMs: number): BenchMail {
  const pick = <T>(list: readonly T[]): T => list[random.int(list.length)] as T
  const often = <T>(list: readonly T[]): T => list[random.skewed(list.length)] as T
  let kindAt = random.roll()
  const kind =
    kinds.find(({ share }) => {
      kindAt -= share
      return kindAt < 0
    }) ?? (kinds[0] as (typeof kinds)[0])
  const domain = random.skewed(30_000)
  const host = `${domain % 3 === 0 ? `${often(hosts)}.` : ''}${nameOf(domain, 2)}-${nameOf(domain >> 2, 2)}${domain % 5 === 0 ? domain : ''}.${ends[domain % ends.length]}`
  const who = random.roll()
  const local =
    who < 0.35
      ? often(robots)
      : who < 0.8
        ? person(random.int(40))
        : `${nameOf(random.int(1e6), 3)}${random.digits(4)}`
  const recipient = () => {
    const number = random.skewed(60_000)
    return `${person(number)}@${number % 4 === 0 ? 'example-corp.com' : `${nameOf(number % 300, 3)}.example`}`
  }
  const recipients = new Set([recipient()])
  for (let more = random.roll() < 0.2 ? random.skewed(20) : 0; more > 0; more--) recipients.add(recipient())
  const subject = Array.from({ length: 2 + random.int(5) }, () => often(words))
  if (random.roll() < 0.4) subject.push(random.digits(5))
  if (random.roll() < 0.1) subject.unshift('[EXT]', nameOf(random.int(2000), 3))
  if (random.roll() < 0.05) subject.push('été', '通知書')
  const attached =
    random.roll() < (kind.reason === 'attachment' || kind.reason === 'malware' ? 0.95 : 0.25)
      ? 1 + random.skewed(4)
      : 0
  return {
    receivedMs,
    sender: random.roll() < 0.02 ? '' : `${local}@${host}`,
    recipients: [...recipients],
    subject: subject.join(' '),
    attachments: Array.from(
      { length: attached },
      () => `${often(words)}_${random.digits(1 + random.int(6))}.${often(files)}`,
    ),
    reason: kind.reason,
    area: kind.area,
    rule: `${kind.reason}-${pick(['low', 'default', 'strict', 'partner'])}`,
    scanner: kind.scanner,
    messageId: `<${random.digits(9)}.${random.digits(6)}@${host}>`,
    size: 1000 + random.int(200_000),
  }
}
