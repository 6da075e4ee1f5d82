/** Requests for release, as those see them who decide. Comes with their page, not with the first load. */
import { count, plural } from '../plural.ts'

const requests = (n: number) => plural(n, { one: 'request', other: 'requests' })

export const approvals = {
  title: 'Requests',
  lead: 'What users ask to have released. Approving sends that recipient’s copy on; the reason that you give is shown to the user.',
  states: { label: 'What is shown', open: 'Open', approved: 'Approved', denied: 'Denied', all: 'All' },
  ended: { open: 'Open', approved: 'Approved', denied: 'Denied', withdrawn: 'Withdrawn', void: 'Lapsed' },
  lapsed: 'The copy was released, deleted or expired before anybody decided.',
  search: 'Search sender, subject, recipient, note',
  find: 'Search',
  clear: 'Clear the search',
  order: 'Order',
  orders: {
    oldest: 'Oldest first',
    newest: 'Newest first',
    recipient: 'By recipient',
    sender: 'By sender',
    subject: 'By subject',
    reason: 'By reason',
  },
  list: 'Requests',
  asked: 'Asked',
  recipient: 'For',
  message: 'Message',
  reason: 'Held for',
  area: 'in',
  note: 'The user’s words',
  noNote: 'nothing said',
  outcome: 'Outcome',
  askedBy: 'asked by',
  from: 'from',
  decidedBy: 'by',
  mayNot: 'The area does not allow you to decide.',
  tick: (subject: string, recipient: string) => `Select ${subject} for ${recipient}`,
  tickAll: 'Select all on this page',
  ticked: (n: number) => (n === 0 ? 'Select requests to decide on them.' : `${requests(n)} selected`),
  approve: 'Approve',
  deny: 'Deny',
  approveTitle: (n: number) => `Approve ${requests(n)}`,
  denyTitle: (n: number) => `Deny ${requests(n)}`,
  approveText: (n: number) =>
    n === 1
      ? 'The message is sent to the recipient who asked, and to nobody else.'
      : 'Each message is sent to the recipient who asked, and to nobody else.',
  denyText: (n: number) =>
    n === 1
      ? 'The message stays held, and cannot be asked for again.'
      : 'The messages stay held, and cannot be asked for again.',
  answer: 'What the user sees',
  answerHint: 'Optional. In words for somebody who knows nothing of mail.',
  approved: (n: number) => `${requests(n)} approved; the mail is on its way.`,
  denied: (n: number) => `${requests(n)} denied.`,
  refused: (n: number) => `${requests(n)} could not be decided:`,
  refusals: 'What could not be decided, and why',
  none: 'Nothing to decide',
  noneText: 'When users ask for mail that they may not release themselves, it is listed here.',
  noneEnded: 'None',
  noneEndedText: 'There are no requests of this kind.',
  noneFound: 'Nothing found',
  noneFoundText: 'No request has these words.',
  showAll: 'Show all',
  total: (n: number, exact: boolean) => (exact ? requests(n) : `More than ${requests(n)}`),
  page: (n: number) => `Page ${count(n)}`,
  earlier: 'Previous page',
  later: 'Next page',
}
