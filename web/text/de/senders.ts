/** Approved and blocked senders, in German. */
import { words } from '../plural.ts'

const { count, plural } = words('de')

export const senders = {
  title: 'Absender',
  lead: 'Nachrichten von zugelassenen Absendern werden nicht als Spam zurückgehalten, die von blockierten schon. Das gilt nur für Ihre eigene Post.',
  views: { label: 'Welche Absender', all: 'Alle', approved: 'Zugelassen', blocked: 'Blockiert' },
  search: 'Absender suchen',
  sender: 'Mailadresse oder Domain',
  hint: 'Zum Beispiel anna@example.org, oder example.org für alle dort. Mehrere: mit Kommas dazwischen.',
  what: 'Was geschehen soll',
  approve: 'Zulassen',
  block: 'Blockieren',
  until: 'Wie lange',
  forGood: 'Auf Dauer',
  forDays: (n: number) => `${plural(n, { one: 'Tag', other: 'Tage' })} lang`,
  bad: 'Das ist weder eine Mailadresse noch eine Domain.',
  full: (n: number) =>
    `Ihre Liste ist voll: Sie hat Platz für ${count(n)} Absender. Entfernen Sie zuerst einige.`,
  added: (n: number, sender: string) =>
    n === 1 ? `${sender} steht auf Ihrer Liste.` : `${count(n)} Absender stehen auf Ihrer Liste.`,
  remove: 'Entfernen',
  removeOf: (sender: string) => `Entfernen: ${sender}`,
  removed: (sender: string) => `${sender} steht nicht mehr auf Ihrer Liste.`,
  changeOf: (sender: string) => `Ändern: ${sender}`,
  approveInstead: 'Stattdessen zulassen',
  blockInstead: 'Stattdessen blockieren',
  changed: (sender: string) => `${sender} ist geändert.`,
  untilWhen: (when: string) => `Bis ${when}`,
  over: (when: string) => `Vorbei seit ${when}`,
  used: (n: number, of: number) => `${count(n)} von ${count(of)} Absendern`,
  found: (n: number) => `${count(n)} gefunden`,
  empty: 'Noch keine Absender',
  emptyText:
    'Lassen Sie Absender zu, deren Post Sie wollen, und blockieren Sie die, von denen Sie nichts hören wollen.',
  nothing: 'Nichts gefunden',
  nothingText: 'Versuchen Sie andere Wörter, oder zeigen Sie alle Absender.',
  showAll: 'Alle Absender zeigen',
  notSpamAndApprove: 'Kein Spam und Absender zulassen',
  deleteAndBlock: 'Löschen und Absender blockieren',
  moreNotSpam: 'Auch den Absender zulassen',
  moreDelete: 'Auch den Absender blockieren',
  /** After Not Spam and Delete: what became of the sender. */
  now: {
    approved: (sender: string) => `${sender} ist zugelassen.`,
    blocked: (sender: string) => `${sender} ist blockiert.`,
    allApproved: 'Die Absender sind zugelassen.',
    allBlocked: 'Die Absender sind blockiert.',
    full: 'Der Absender konnte nicht auf Ihre Liste: Sie ist voll.',
    none: 'Es gibt keinen Absender, der auf Ihre Liste könnte.',
  },
}
