/** Asking for the release of a message, and what became of it, in French. */
import { words } from '../plural.ts'
import type { UserText } from '../user.ts'

const { plural } = words('fr')
const messages = (n: number) => plural(n, { one: 'message', other: 'messages' })

export const requests: UserText['requests'] = {
  ask: 'Demander le message',
  askShort: 'Demander',
  askOf: (subject) => `Demander le message : ${subject}`,
  title: (n) => (n === 1 ? 'Demander à recevoir ce message' : `Demander à recevoir ${messages(n)}`),
  text: 'Les personnes qui s’occupent de votre messagerie examinent votre demande et décident. Vous verrez leur réponse ici.',
  note: 'Pourquoi en avez-vous besoin ?',
  noteHint: 'Vous pouvez laisser ce champ vide. Il est lu avec votre demande.',
  send: 'Envoyer la demande',
  cancel: 'Annuler',
  mayAsk:
    'Vous ne pouvez pas vous envoyer ce message. Si vous en avez besoin, demandez-le : les personnes qui s’occupent de votre messagerie décident.',
  sent: (n) =>
    n === 1 ? 'Votre demande a été envoyée.' : `Vos demandes pour ${messages(n)} ont été envoyées.`,
  notSent: (n) =>
    n === 1
      ? 'Un message n’a pas pu être demandé ; ouvrez-le pour voir pourquoi.'
      : `${messages(n)} n’ont pas pu être demandés ; ouvrez-les pour voir pourquoi.`,
  states: { open: 'Demandé', approved: 'Accepté', denied: 'Refusé' },
  openText: (when) => `Vous avez demandé ce message : ${when}. Vous verrez la réponse ici.`,
  openByOther: (when) => `Une autre personne qui lit aussi ces messages l’a demandé : ${when}.`,
  deniedText: (when) => `La demande a été refusée : ${when}. Le message ne vous est pas envoyé.`,
  approvedText: (when) => `La demande a été acceptée : ${when}.`,
  yourWords: 'Vous avez écrit',
  answer: 'Réponse',
  withdraw: 'Retirer la demande',
  withdrawn: (n) =>
    n === 1 ? 'Votre demande est retirée.' : `Vos demandes pour ${messages(n)} sont retirées.`,
}
