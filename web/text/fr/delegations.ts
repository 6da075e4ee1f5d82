/** Addresses of others that a user looks after, in French. */
import type { delegations as en } from '../en/delegations.ts'

export const delegations: typeof en = {
  another: 'S’occuper d’une autre adresse',
  anotherText:
    'Pour une boîte partagée ou une liste, par exemple ventes@example.org. Nous envoyons un code à cette adresse ; quiconque lit ses messages peut vous le donner.',
  address: 'L’adresse partagée',
  send: 'Envoyer un code',
  haveCode: 'J’ai un code',
  sent: (address) =>
    `Si les messages pour ${address} sont gérés ici, un code est en route vers cette adresse. Saisissez-le ci-dessous dès que vous l’avez.`,
  code: 'Code',
  codeHint: 'Huit lettres et chiffres, par exemple AB12-CD34.',
  use: 'Saisir le code',
  badAddress: 'Ce n’est pas une adresse de messagerie.',
  badCode:
    'Ce code est faux ou ne fonctionne plus. Regardez le message le plus récent, ou envoyez un nouveau code.',
  tooMany: 'Cela fait trop d’adresses. Rendez-en d’abord une.',
  added: (address) => `Vous vous occupez maintenant de ${address}.`,
  giveBack: 'Rendre',
  giveBackOf: (address) => `Rendre : ${address}`,
  givenBack: (address) => `Vous ne vous occupez plus de ${address}.`,
  sure: (address) =>
    `Ne plus s’occuper de ${address} ? Pour l’avoir de nouveau, il vous faudra un nouveau code.`,
  cancel: 'Annuler',
}
