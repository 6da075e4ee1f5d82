/** English. */
import type { LetterText } from './text.ts'

const hello = (display: string) => (display === '' ? 'Hello,' : `Hello ${display},`)

export const en: LetterText = {
  quarantine: (organisation) =>
    organisation === '' ? 'your mail quarantine' : `the mail quarantine of ${organisation}`,
  hours: (n) => (n === 1 ? '1 hour' : n % 24 === 0 && n > 24 ? `${n / 24} days` : `${n} hours`),
  signIn: (where, minutes) => ({
    subject: 'Your link to the mail quarantine',
    lead: [`Somebody, most likely you, asked for a link to log on to ${where}.`],
    action: 'Log on',
    after: [
      `The link works once, for ${minutes} minutes. Do not forward this mail: whoever has the link sees your held mail.`,
      'If it was not you who asked, you need not do anything.',
    ],
  }),
  invitation: (where, display, lasts) => ({
    subject: 'Your access to the mail quarantine',
    lead: [
      hello(display),
      `from now on you can look after mail that is held back for you: in ${where} you see it, have it sent to you, or delete it.`,
      'Please choose a password for that.',
    ],
    action: 'Choose a password',
    after: [
      `The link works once, for ${lasts}. Do not forward this mail: whoever has the link sees your held mail.`,
    ],
  }),
  newPassword: (where, display, lasts) => ({
    subject: 'A new password for the mail quarantine',
    lead: [hello(display), `with this link you choose a new password for ${where}.`],
    action: 'Choose a password',
    after: [
      `The link works once, for ${lasts}. Until then your present password stays as it is. Do not forward this mail.`,
    ],
  }),
  delegation: (where, who, address, lasts) => ({
    subject: 'Code for looking after held mail',
    lead: [
      `${who} asks to look after mail that is held back for ${address} in ${where}.`,
      `Whoever enters this code there will see that mail, and may have it sent to ${address} or delete it. The code works for ${who} only.`,
    ],
    action: 'Code',
    after: [
      `It works once, for ${lasts}.`,
      `If you do not know ${who}, or do not want this, keep the code to yourself: without it nothing changes, and you need not do anything.`,
    ],
  }),
}
