/**
 * For tests: mail whose values resemble each other, with everything hostile in them that search must take as plain text,
 * and random searches that mostly hit something. The same seed gives the same.
 */
import type { Context } from '../../../context.ts'
import { entryOf, type HeldRows, heldInserts } from '../../held.ts'
import type { HoldingState, MessagesTable } from '../../schema.ts'
import type { Entry, Filter, Pattern, Patterns, SearchRequest } from '../index.ts'
import { sortKeys } from '../index.ts'

export interface Random {
  /** From 0 to below `n`. */
  int(n: number): number
  pick<T>(values: readonly T[]): T
  chance(share: number): boolean
}

/** xorshift32 */
export function randomFrom(seed: number): Random {
  let state = seed || 1
  const int = (n: number) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % n
  }
  return {
    int,
    pick: (values) => values[int(values.length)] as never,
    chance: (share) => int(1000) < share * 1000,
  }
}

/** A message as the reference sees it. */
export interface Sample {
  id: number
  area: string
  reason: string
  rule: string
  scanner: string
  sender: string
  subject: string
  recipients: string[]
  attachments: string[]
  messageId: string
  states: HoldingState[]
}

const words = [
  'invoice',
  'in',
  'voice',
  'Übergrösse',
  '漢字表',
  'a_b',
  '100%',
  'x"y',
  "o'neil",
  'back\\slash',
  'st*r',
  '😀ok',
  'ﬀ',
  'aaa',
  'aaaa',
  'é',
  'q',
]
const hosts = ['example.org', 'mail.example.org', 'EXAMPLE.com', 'bank-example.net', 'xn--bcher-kva.example']
const locals = ['alice', 'Bob', 'carol.o_neil', 'a', 'news-100%', 'aa', 'O"Brien', 'münchen']
const upper = (text: string) => text.toUpperCase()

/** When a mail's time is over, that goes for all its copies but those that were delivered (retention.ts). */
function statesOf(recipients: readonly string[], random: Random): HoldingState[] {
  const picked = recipients.map(() => random.pick(states))
  if (!picked.includes('expired')) return picked
  return picked.map((state) => (state === 'delivered' ? state : 'expired'))
}

const states: HoldingState[] = [
  'held',
  'held',
  'held',
  'releasing',
  'delivered',
  'release-failed',
  'deleted',
  'expired',
]

export function samples(count: number, random: Random, nextId: () => number): Sample[] {
  const address = () =>
    `${random.pick(locals)}${random.chance(0.3) ? random.int(30) : ''}@${random.pick(hosts)}`
  const phrase = (most: number) =>
    Array.from({ length: random.int(most + 1) }, () => random.pick(words)).join(' ')
  return Array.from({ length: count }, () => {
    const recipients = [
      ...new Set(Array.from({ length: 1 + random.int(random.chance(0.05) ? 40 : 3) }, address)),
    ]
    // The same one twice, as far as we tell addresses apart.
    if (random.chance(0.1)) recipients.push((recipients[0] as string).replace(/^[a-z]/, upper))
    const long = random.chance(0.05) ? ` ${phrase(3)}`.repeat(30) : ''
    return {
      id: nextId(),
      area: random.pick(['Spam', 'Virus', 'spam 2', 'Größe']),
      reason: random.pick(['spam', 'malware', 'policy']),
      rule: random.pick(['default', 'block-exe', 'Block-Zip']),
      scanner: random.pick(['', 'rspamd', 'clamav']),
      sender: random.chance(0.1) ? '' : address(),
      subject: phrase(4) + long,
      recipients,
      attachments: Array.from(
        { length: random.int(3) },
        () => `${phrase(1)}${random.int(5)}.${random.pick(['pdf', 'EXE', 'tar.gz'])}`,
      ),
      messageId: `<${random.int(1e6)}.${random.pick(words).replaceAll(' ', '')}@${random.pick(hosts)}>`,
      states: statesOf(recipients, random),
    }
  })
}

/** Puts them into the store as accepted mail, in one commit. Not yet in the index, save on PostgreSQL. */
export async function keep({ db }: Context, mail: Sample[]): Promise<Entry[]> {
  const entries: Entry[] = []
  const rows: HeldRows = { messages: [], holdings: [], releases: [], deliveries: [] }
  for (const sample of mail) {
    const message = messageOf(sample)
    rows.messages.push(message)
    sample.recipients.forEach((address, n) => {
      rows.holdings.push({
        message_id: sample.id,
        n,
        address,
        address_key: address.toLowerCase(),
        parameters: '',
        state: sample.states[n] as HoldingState,
        changed_at: 0,
        changed_by: 'test',
        release_id: null,
      })
    })
    const labels = {
      area: await db.labels.id('area', sample.area),
      reason: await db.labels.id('reason', sample.reason),
      rule: await db.labels.id('rule', sample.rule),
      scanner: await db.labels.id('scanner', sample.scanner),
    }
    entries.push(entryOf(message, sample.recipients, sample.attachments, labels))
  }
  await db.engine.commit(() => [...heldInserts(rows), ...db.search.inserts(entries)])
  return entries
}

const messageOf = (sample: Sample): MessagesTable => ({
  id: sample.id,
  content_id: sample.id,
  via: 'smtp',
  sender: sample.sender,
  subject: sample.subject,
  message_id: sample.messageId,
  area: sample.area,
  reason: sample.reason,
  rule: sample.rule,
  scanner: sample.scanner,
  explanation: '',
  verdicts: '[]',
  attachments: JSON.stringify(
    sample.attachments.map((name) => ({ name, type: '', trueType: null, size: 0 })),
  ),
  authentication: '[]',
  score: null,
  size: 0,
  header_from: '',
  header_to: '',
  header_date: '',
  body: '',
  smtputf8: 0,
  client_ip: '',
  client_name: '',
  helo: '',
  protocol: '',
  peer_ip: '',
})

/** A pattern made of a value that occurs, or nearly. */
function randomPattern(random: Random, value: string): Pattern {
  const text = value.toLowerCase()
  const slice = (most: number) => {
    const length = 1 + random.int(most)
    const at = random.int(Math.max(1, text.length - length + 1))
    return text.slice(at, at + length)
  }
  const pieces = (list: string[]) => list.map((piece) => piece.toWellFormed()).filter((piece) => piece !== '')
  switch (random.int(9)) {
    case 0:
      return { start: true, pieces: pieces([text]), end: true }
    case 1:
      return { start: true, pieces: pieces([text.slice(0, 1 + random.int(8))]), end: false }
    case 2:
      return { start: false, pieces: pieces([text.slice(-1 - random.int(8))]), end: true }
    case 3:
      return { start: false, pieces: pieces([slice(2)]), end: false }
    case 4: {
      const half = random.int(text.length + 1)
      const first = text.slice(0, half).slice(0, 1 + random.int(5))
      const second = text.slice(half).slice(-1 - random.int(5))
      const both = first !== '' && second !== ''
      return {
        start: both && random.chance(0.5),
        pieces: pieces([first, second]),
        end: both && random.chance(0.5),
      }
    }
    case 5:
      return { start: false, pieces: pieces([slice(3), slice(3), slice(2)]), end: false }
    case 6:
      return {
        start: false,
        pieces: pieces([random.pick(['zzz', '%', '_', '\\', '"', 'q', '\n', 'a@', '.org '])]),
        end: false,
      }
    default:
      return { start: false, pieces: pieces([slice(12)]), end: false }
  }
}

/** A criterion that this mail satisfies, or nearly; seldom one that everything satisfies. */
function randomCriterion(random: Random, one: Sample): Patterns {
  const pattern = (value: string): Pattern =>
    random.chance(0.03) ? { start: false, pieces: [], end: false } : randomPattern(random, value)
  const criteria: (() => Patterns)[] = [
    () => ({ sender: pattern(one.sender) }),
    () => ({ subject: pattern(one.subject) }),
    () => ({ recipient: pattern(random.pick(one.recipients)) }),
    () => ({ attachment: pattern(one.attachments[0] ?? 'none.pdf') }),
    () => ({ messageId: pattern(one.messageId.slice(1, -1)) }),
    () => ({ area: pattern(one.area) }),
    () => ({ reason: { start: true, pieces: [one.reason], end: true } }),
    () => ({ rule: pattern(one.rule) }),
    () => ({
      scanner: one.scanner === '' ? { start: true, pieces: [], end: true } : pattern(one.scanner),
    }),
  ]
  return random.pick(criteria)()
}

/** What somebody asks for who may see some areas, and copies of some recipients. */
function usersCriteria(random: Random, one: Sample, mail: readonly Sample[]): Filter {
  const someone = () => random.pick(random.pick(mail).recipients).toLowerCase()
  const recipients = Array.from({ length: random.int(4) }, someone)
  if (random.chance(0.7)) recipients.push(random.pick(one.recipients).toLowerCase())
  return {
    copies: { recipients, states: states.filter(() => random.chance(0.6)) },
    ...(random.chance(0.5) ? { areas: [one.area, random.pick(mail).area, 'nowhere'] } : {}),
    ...(random.chance(0.4) ? { text: randomPattern(random, random.pick([one.sender, one.subject])) } : {}),
  }
}

export function randomRequest(random: Random, mail: readonly Sample[]): SearchRequest {
  const filter: Filter = {}
  const one = random.pick(mail)
  if (random.chance(0.25)) Object.assign(filter, usersCriteria(random, one, mail))
  else if (random.chance(0.3))
    filter.domains = [...hosts, '*.example.org', '*.example', '*.org', 'nobody.example']
      .filter(() => random.chance(0.25))
      .map((host) => host.toLowerCase())
  for (let left = random.int(4); left > 0; left--)
    switch (random.int(6)) {
      case 0:
        if (random.chance(0.5)) filter.state = random.pick(states)
        break
      case 1:
        filter.from = Math.floor(one.id / 4096) + Date.UTC(2020, 0, 1)
        if (random.chance(0.5)) filter.to = filter.from + random.int(3_600_000)
        break
      default:
        Object.assign(filter, randomCriterion(random, one))
    }
  for (let left = random.chance(0.4) ? 1 + random.int(2) : 0; left > 0; left--)
    filter.without = { ...filter.without, ...randomCriterion(random, random.pick(mail)) }
  return {
    filter,
    sort: random.pick(sortKeys),
    order: random.pick(['asc', 'desc']),
    limit: random.pick([1, 7, 50, 500]),
    offset: random.pick([0, 0, 0, 3, 50]),
  }
}
