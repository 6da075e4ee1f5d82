/** French. */
import type { LetterText } from './text.ts'

const hello = (display: string) => (display === '' ? 'Bonjour,' : `Bonjour ${display},`)

export const fr: LetterText = {
  quarantine: (organisation) =>
    organisation === '' ? 'votre quarantaine de messages' : `la quarantaine de messages de ${organisation}`,
  hours: (n) => (n <= 1 ? `${n} heure` : n % 24 === 0 && n > 24 ? `${n / 24} jours` : `${n} heures`),
  signIn: (where, minutes) => ({
    subject: 'Votre lien vers la quarantaine de messages',
    lead: [`Quelqu’un, sans doute vous, a demandé un lien pour se connecter à ${where}.`],
    action: 'Se connecter',
    after: [
      `Le lien fonctionne une seule fois, pendant ${minutes} minutes. Ne transférez pas ce message : quiconque possède le lien voit vos messages retenus.`,
      'Si cette demande ne vient pas de vous, vous n’avez rien à faire.',
    ],
  }),
  invitation: (where, display, lasts) => ({
    subject: 'Votre accès à la quarantaine de messages',
    lead: [
      hello(display),
      `vous pouvez désormais gérer les messages retenus pour vous : dans ${where}, vous les voyez, vous les faites remettre ou vous les supprimez.`,
      'Veuillez choisir un mot de passe pour cela.',
    ],
    action: 'Choisir un mot de passe',
    after: [
      `Le lien fonctionne une seule fois, pendant ${lasts}. Ne transférez pas ce message : quiconque possède le lien voit vos messages retenus.`,
    ],
  }),
  newPassword: (where, display, lasts) => ({
    subject: 'Un nouveau mot de passe pour la quarantaine de messages',
    lead: [hello(display), `ce lien vous permet de choisir un nouveau mot de passe pour ${where}.`],
    action: 'Choisir un mot de passe',
    after: [
      `Le lien fonctionne une seule fois, pendant ${lasts}. D’ici là, votre mot de passe actuel reste valable. Ne transférez pas ce message.`,
    ],
  }),
  delegation: (where, who, address, lasts) => ({
    subject: 'Code pour gérer des messages retenus',
    lead: [
      `${who} demande à gérer les messages retenus pour ${address} dans ${where}.`,
      `Quiconque y saisit ce code verra ces messages et pourra les faire remettre à ${address} ou les supprimer. Le code ne fonctionne que pour ${who}.`,
    ],
    action: 'Code',
    after: [
      `Il fonctionne une seule fois, pendant ${lasts}.`,
      `Si vous ne connaissez pas ${who}, ou si vous ne le souhaitez pas, gardez le code pour vous : sans lui, rien ne change, et vous n’avez rien à faire.`,
    ],
  }),
}
