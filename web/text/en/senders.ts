/** Approved and blocked senders, in English. */
import { words } from '../plural.ts'

const { count, plural } = words('en')

export const senders = {
  title: 'Senders',
  lead: 'Mail from approved senders is not held as spam; mail from blocked senders is held. This counts for your own mail only.',
  views: { label: 'Which senders', all: 'All', approved: 'Approved', blocked: 'Blocked' },
  search: 'Search senders',
  sender: 'Mail address or domain',
  hint: 'Such as anna@example.org, or example.org for everybody there. Several: with commas between them.',
  what: 'What should happen',
  approve: 'Approve',
  block: 'Block',
  until: 'How long',
  forGood: 'For good',
  forDays: (n: number) => `For ${plural(n, { one: 'day', other: 'days' })}`,
  bad: 'This is neither a mail address nor a domain.',
  full: (n: number) => `Your list is full: it has room for ${count(n)} senders. Remove some first.`,
  added: (n: number, sender: string) =>
    n === 1 ? `${sender} is on your list.` : `${count(n)} senders are on your list.`,
  remove: 'Remove',
  removeOf: (sender: string) => `Remove: ${sender}`,
  removed: (sender: string) => `${sender} is not on your list any more.`,
  changeOf: (sender: string) => `Change: ${sender}`,
  approveInstead: 'Approve instead',
  blockInstead: 'Block instead',
  changed: (sender: string) => `${sender} is changed.`,
  untilWhen: (when: string) => `Until ${when}`,
  over: (when: string) => `Over since ${when}`,
  used: (n: number, of: number) => `${count(n)} of ${count(of)} senders`,
  found: (n: number) => `${count(n)} found`,
  empty: 'No senders yet',
  emptyText: 'Approve senders whose mail you want, and block those you do not want to hear from.',
  nothing: 'Nothing found',
  nothingText: 'Try other words, or show all senders.',
  showAll: 'Show all senders',
  notSpamAndApprove: 'Not Spam and approve sender',
  deleteAndBlock: 'Delete and block sender',
  moreNotSpam: 'Also approve the sender',
  moreDelete: 'Also block the sender',
  /** After Not Spam and Delete: what became of the sender. */
  now: {
    approved: (sender: string) => `${sender} is approved.`,
    blocked: (sender: string) => `${sender} is blocked.`,
    allApproved: 'Their senders are approved.',
    allBlocked: 'Their senders are blocked.',
    full: 'The sender could not be put on your list: it is full.',
    none: 'It has no sender that could be put on your list.',
  },
}
