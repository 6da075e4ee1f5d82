/** For tests: what a search means, written as plainly as can be and without a line of the real thing. */
import type { Filter, Pattern, SearchRequest } from '../index.ts'
import type { Sample } from './entries.ts'

const epoch = Date.UTC(2020, 0, 1)

function matches(value: string, pattern: Pattern | undefined): boolean {
  if (!pattern) return true
  const { start, pieces, end } = pattern
  if (pieces.length === 0) return start && end ? value === '' : true
  const escaped = pieces.map((piece) =>
    piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[\0-\x1f]/g, ' '),
  )
  return new RegExp(`${start ? '^' : ''}${escaped.join('[^]*')}${end ? '$' : ''}`).test(seen(value))
}

/** Search sees 500 characters of a value, in lower case. */
const seen = (value: string): string => value.slice(0, 500).toLowerCase().toWellFormed()

const any = (values: string[], pattern: Pattern | undefined): boolean =>
  !pattern || values.some((value) => matches(value, pattern))

export function satisfies(mail: Sample, filter: Filter): boolean {
  const at = Math.floor(mail.id / 4096) + epoch
  return (
    matches(mail.sender, filter.sender) &&
    matches(mail.subject, filter.subject) &&
    any(mail.recipients, filter.recipient) &&
    any(mail.attachments, filter.attachment) &&
    matches(mail.messageId.replace(/^<|>$/g, ''), filter.messageId) &&
    matches(mail.area, filter.area) &&
    matches(mail.reason, filter.reason) &&
    matches(mail.rule, filter.rule) &&
    matches(mail.scanner, filter.scanner) &&
    (filter.from === undefined || at >= filter.from) &&
    (filter.to === undefined || at < filter.to) &&
    (filter.state === undefined || mail.states.includes(filter.state))
  )
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
        ? (one.recipients[0] ?? '')
        : sort === 'subject'
          ? one.subject
          : ''
  const keys = new Map(mail.map((one) => [one, Buffer.from(seen(key(one)))]))
  const direction = order === 'asc' ? 1 : -1
  return mail
    .filter((one) => satisfies(one, filter))
    .sort((a, b) => direction * (Buffer.compare(keys.get(a) as Buffer, keys.get(b) as Buffer) || a.id - b.id))
}
