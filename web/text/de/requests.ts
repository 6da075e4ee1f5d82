/** Asking for the release of a message, and what became of it, in German. */
import { words } from '../plural.ts'
import type { UserText } from '../user.ts'

const { plural } = words('de')
const messages = (n: number) => plural(n, { one: 'Nachricht', other: 'Nachrichten' })

export const requests: UserText['requests'] = {
  ask: 'Freigabe anfragen',
  askShort: 'Anfragen',
  askOf: (subject) => `Freigabe anfragen: ${subject}`,
  title: (n) => (n === 1 ? 'Freigabe dieser Nachricht anfragen' : `Freigabe von ${messages(n)} anfragen`),
  text: 'Die Menschen, die sich um Ihre E-Mail kümmern, sehen Ihre Anfrage an und entscheiden. Die Antwort sehen Sie hier.',
  note: 'Wofür brauchen Sie sie?',
  noteHint: 'Sie können das leer lassen. Es wird mit Ihrer Anfrage gelesen.',
  send: 'Anfrage senden',
  cancel: 'Abbrechen',
  mayAsk:
    'Diese Nachricht können Sie sich nicht selbst zustellen. Wenn Sie sie brauchen, fragen Sie die Freigabe an: Die Menschen, die sich um Ihre E-Mail kümmern, entscheiden.',
  sent: (n) =>
    n === 1 ? 'Ihre Anfrage wurde gesendet.' : `Ihre Anfragen für ${messages(n)} wurden gesendet.`,
  notSent: (n) =>
    n === 1
      ? 'Eine Nachricht ließ sich nicht anfragen; öffnen Sie sie, um zu sehen, warum.'
      : `${messages(n)} ließen sich nicht anfragen; öffnen Sie sie, um zu sehen, warum.`,
  states: { open: 'Angefragt', approved: 'Genehmigt', denied: 'Abgelehnt' },
  openText: (when) => `Sie haben diese Nachricht am ${when} angefragt. Die Antwort sehen Sie hier.`,
  openByOther: (when) => `Jemand, der diese E-Mail ebenfalls liest, hat sie am ${when} angefragt.`,
  deniedText: (when) => `Die Anfrage wurde am ${when} abgelehnt. Die Nachricht wird Ihnen nicht zugestellt.`,
  approvedText: (when) => `Die Anfrage wurde am ${when} genehmigt.`,
  yourWords: 'Sie haben geschrieben',
  answer: 'Antwort',
  withdraw: 'Anfrage zurücknehmen',
  withdrawn: (n) =>
    n === 1 ? 'Ihre Anfrage ist zurückgenommen.' : `Ihre Anfragen für ${messages(n)} sind zurückgenommen.`,
}
