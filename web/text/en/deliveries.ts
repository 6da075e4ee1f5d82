/** Deliveries: released mail on its way to the next hop. */
import { count, plural } from '../plural.ts'

const deliveriesOf = (n: number) => plural(n, { one: 'delivery', other: 'deliveries' })

export const deliveries = {
  title: 'Deliveries',
  lead: 'Released mail on its way to the next hop, copy by copy.',
  tabs: 'State',
  states: { due: 'Waiting', failed: 'Failed', done: 'Delivered', cancelled: 'Given up' },
  list: {
    due: 'Waiting deliveries, in the order in which they are tried',
    failed: 'Failed deliveries, the newest first',
    done: 'Ended deliveries, the newest first',
    cancelled: 'Deliveries that were given up, the newest first',
  },
  recipient: 'Recipient',
  subject: 'Subject',
  since: 'Released',
  attempts: 'Attempts',
  next: 'Next attempt',
  ended: 'Ended',
  words: 'The server said',
  anyMoment: 'any moment',
  notTried: 'Not tried yet',
  noWords: '(it said nothing)',
  orderedBy: 'Released by',
  note: 'Note',
  from: 'Sender',
  tick: (recipient: string) => `Tick: ${recipient}`,
  tickAll: 'Tick all that are shown',
  ticked: (n: number) => (n === 0 ? 'Tick deliveries to do something with them.' : `${count(n)} ticked`),
  retry: 'Retry now',
  giveUp: 'Give up',
  giveUpTitle: (n: number) => (n === 1 ? 'Give up this delivery?' : `Give up ${deliveriesOf(n)}?`),
  giveUpText: (n: number) =>
    n === 1
      ? 'It will not be tried again. The copy is held again, as it was before it was released: it can be released anew or deleted.'
      : 'They will not be tried again. The copies are held again, as they were before they were released: they can be released anew or deleted.',
  giveUpConfirm: (n: number) => (n === 1 ? 'Give it up' : `Give up ${deliveriesOf(n)}`),
  retried: (n: number) => `${n === 1 ? 'The delivery is' : `${deliveriesOf(n)} are`} tried now.`,
  givenUp: (n: number) => `${n === 1 ? 'The copy is' : `${count(n)} copies are`} held again.`,
  refused: (n: number) => `Nothing was changed for ${deliveriesOf(n)}.`,
  outcome: 'What became of it',
  more: 'Show older ones',
  moreDue: 'Show more',
  none: {
    due: 'Nothing waits',
    failed: 'Nothing has failed',
    done: 'Nothing was delivered yet',
    cancelled: 'Nothing was given up',
  },
  noneText: {
    due: 'All that was released is sent.',
    failed: 'Released mail that the next hop refuses for good, or takes in vain for days, is listed here.',
    done: 'Released mail that the next hop took is listed here.',
    cancelled: 'A waiting delivery that somebody gives up is listed here; its copy is held again.',
  },
}
