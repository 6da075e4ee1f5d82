/** Approved and blocked senders, in French. */
import { words } from '../plural.ts'

const { count, plural } = words('fr')

export const senders = {
  title: 'Expéditeurs',
  lead: 'Les messages des expéditeurs approuvés ne sont pas retenus comme indésirables ; ceux des expéditeurs bloqués sont retenus. Cela ne vaut que pour votre propre courrier.',
  views: { label: 'Quels expéditeurs', all: 'Tous', approved: 'Approuvés', blocked: 'Bloqués' },
  search: 'Rechercher un expéditeur',
  sender: 'Adresse ou domaine',
  hint: 'Par exemple anna@example.org, ou example.org pour tous ceux de ce domaine. Plusieurs : séparés par des virgules.',
  what: 'Ce qui doit se passer',
  approve: 'Approuver',
  block: 'Bloquer',
  until: 'Combien de temps',
  forGood: 'Pour toujours',
  forDays: (n: number) => `Pendant ${plural(n, { one: 'jour', other: 'jours' })}`,
  bad: 'Ce n’est ni une adresse ni un domaine.',
  full: (n: number) =>
    `Votre liste est pleine : elle a de la place pour ${count(n)} expéditeurs. Retirez-en d’abord.`,
  added: (n: number, sender: string) =>
    n === 1 ? `${sender} est dans votre liste.` : `${count(n)} expéditeurs sont dans votre liste.`,
  remove: 'Retirer',
  removeOf: (sender: string) => `Retirer : ${sender}`,
  removed: (sender: string) => `${sender} n’est plus dans votre liste.`,
  changeOf: (sender: string) => `Modifier : ${sender}`,
  approveInstead: 'Plutôt approuver',
  blockInstead: 'Plutôt bloquer',
  changed: (sender: string) => `${sender} est modifié.`,
  untilWhen: (when: string) => `Jusqu’au ${when}`,
  over: (when: string) => `Terminé depuis le ${when}`,
  used: (n: number, of: number) => `${count(n)} expéditeurs sur ${count(of)}`,
  found: (n: number) => `${count(n)} trouvés`,
  empty: 'Pas encore d’expéditeurs',
  emptyText:
    'Approuvez les expéditeurs dont vous voulez le courrier, et bloquez ceux dont vous ne voulez rien recevoir.',
  nothing: 'Rien trouvé',
  nothingText: 'Essayez d’autres mots, ou affichez tous les expéditeurs.',
  showAll: 'Afficher tous les expéditeurs',
  notSpamAndApprove: 'Pas indésirable, et approuver l’expéditeur',
  deleteAndBlock: 'Supprimer et bloquer l’expéditeur',
  moreNotSpam: 'Approuver aussi l’expéditeur',
  moreDelete: 'Bloquer aussi l’expéditeur',
  /** After Not Spam and Delete: what became of the sender. */
  now: {
    approved: (sender: string) => `${sender} est approuvé.`,
    blocked: (sender: string) => `${sender} est bloqué.`,
    allApproved: 'Les expéditeurs sont approuvés.',
    allBlocked: 'Les expéditeurs sont bloqués.',
    full: 'L’expéditeur n’a pas pu être ajouté à votre liste : elle est pleine.',
    none: 'Il n’y a pas d’expéditeur à ajouter à votre liste.',
  },
}
