/** Asking for the release of a message, and what became of it, in English. */
import { words } from '../plural.ts'

const { plural } = words('en')
const messages = (n: number) => plural(n, { one: 'message', other: 'messages' })

export const requests = {
  ask: 'Request release',
  /** Where the message stands beside it; the beginning or end of what it is called aloud. */
  askShort: 'Request',
  askOf: (subject: string) => `Request release: ${subject}`,
  title: (n: number) => (n === 1 ? 'Request the release of this message' : `Request ${messages(n)}`),
  text: 'The people who look after your mail look at your request and decide. You see their answer here.',
  note: 'Why do you need it?',
  noteHint: 'You can leave this empty. It is read with your request.',
  send: 'Send the request',
  cancel: 'Cancel',
  mayAsk:
    'You cannot send yourself this message. If you need it, request its release: the people who look after your mail decide.',
  sent: (n: number) => (n === 1 ? 'Your request was sent.' : `Your requests for ${messages(n)} were sent.`),
  notSent: (n: number) =>
    n === 1
      ? 'One message could not be requested; open it to see why.'
      : `${messages(n)} could not be requested; open them to see why.`,
  states: { open: 'Requested', approved: 'Approved', denied: 'Declined' },
  openText: (when: string) => `You asked for this message on ${when}. You see the answer here.`,
  openByOther: (when: string) => `Somebody who also reads this mail asked for it on ${when}.`,
  deniedText: (when: string) => `The request was declined on ${when}. The message is not sent to you.`,
  approvedText: (when: string) => `The request was approved on ${when}.`,
  yourWords: 'You wrote',
  answer: 'Answer',
  withdraw: 'Take the request back',
  withdrawn: (n: number) =>
    n === 1 ? 'Your request is taken back.' : `Your requests for ${messages(n)} are taken back.`,
}
