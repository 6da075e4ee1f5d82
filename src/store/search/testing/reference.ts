/** For tests: what a search means, written as plainly as can be and without a line of the real thing. */
import type { Filter, Pattern, Patterns, SearchRequest } from '../index.ts'
import type { Sample } from './entries.ts'

const epoch = Date.UTC(2020, 0, 1)

function matches(value: string, pattern: Pattern): boolean {
  const { start, pieces, end } = pattern
  if (pieces.length === 0) return start && end ? value === '' : true
  const escaped = pieces.map((piece) =>
    piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[\0-\x1f]/g, ' '),
  )
  return new RegExp(`${start ? '^' : ''}${escaped.join('[^]*')}${end ? '$' : ''}`).test(seen(value))
}

/** Search sees 500 characters of a value, in lower case. */
const seen = (value: string): string => value.slice(0, 500).toLowerCase().toWellFormed()

const valuesOf: { [field in keyof Patterns]-?: (mail: Sample) => string[] } = {
  area: (mail) => [mail.area],
  reason: (mail) => [mail.reason],
  scanner: (mail) => [mail.scanner],
  rule: (mail) => [mail.rule],
  sender: (mail) => [mail.sender],
  subject: (mail) => [mail.subject],
  recipient: (mail) => mail.recipients,
  attachment: (mail) => mail.attachments,
  messageId: (mail) => [mail.messageId.replace(/^<|>$/g, '')],
}
const fields = Object.keys(valuesOf) as (keyof Patterns)[]

const any = (mail: Sample, field: keyof Patterns, pattern: Pattern): boolean =>
  valuesOf[field](mail).some((value) => matches(value, pattern))

/** The mail as somebody sees it who looks after these domains. */
export function seenBy(mail: Sample, domains: Filter['domains']): Sample {
  if (!domains) return mail
  const own = (address: string) => {
    const [, domain = ''] = /@([^@]*)$/.exec(address.toLowerCase()) ?? []
    return domains.some((one) => (one.startsWith('*') ? domain.endsWith(one.slice(1)) : domain === one))
  }
  return {
    ...mail,
    recipients: mail.recipients.filter(own),
    states: mail.states.filter((_, n) => own(mail.recipients[n] ?? '')),
  }
}

export function satisfies(whole: Sample, filter: Filter): boolean {
  const mail = seenBy(whole, filter.domains)
  if (filter.domains && mail.recipients.length === 0) return false
  const at = Math.floor(mail.id / 4096) + epoch
  return (
    fields.every((field) => {
      const pattern = filter[field]
      const unwanted = filter.without?.[field]
      return (!pattern || any(mail, field, pattern)) && !(unwanted && any(mail, field, unwanted))
    }) &&
    (filter.from === undefined || at >= filter.from) &&
    (filter.to === undefined || at < filter.to) &&
    (filter.state === undefined || mail.states.includes(filter.state)) &&
    (filter.areas?.includes(mail.area) ?? true) &&
    (!filter.text || any(mail, 'sender', filter.text) || any(mail, 'subject', filter.text)) &&
    (!filter.copies ||
      mail.recipients.some(
        (address, n) =>
          filter.copies?.recipients.includes(address.toLowerCase()) &&
          filter.copies.states.some((state) => state === mail.states[n]),
      ))
  )
}

function firstRecipient(mail: Sample, domains: Filter['domains']): string {
  const { recipients } = seenBy(mail, domains)
  const inOrder = domains
    ? recipients.map(seen).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    : recipients
  return inOrder[0] ?? ''
}

/** All hits, in order. */
export function expected(
  mail: readonly Sample[],
  { filter, sort, order }: Omit<SearchRequest, 'limit'>,
): Sample[] {
  const key = (one: Sample) =>
    sort === 'sender'
      ? one.sender
      : sort === 'recipient'
        ? firstRecipient(one, filter.domains)
        : sort === 'subject'
          ? one.subject
          : ''
  const keys = new Map(mail.map((one) => [one, Buffer.from(seen(key(one)))]))
  const direction = order === 'asc' ? 1 : -1
  return mail
    .filter((one) => satisfies(one, filter))
    .sort((a, b) => direction * (Buffer.compare(keys.get(a) as Buffer, keys.get(b) as Buffer) || a.id - b.id))
}
