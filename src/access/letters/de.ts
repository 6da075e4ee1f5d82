/** German. */
import type { LetterText } from './text.ts'

const hello = (display: string) => (display === '' ? 'Guten Tag,' : `Guten Tag ${display},`)

export const de: LetterText = {
  quarantine: (organisation) =>
    organisation === '' ? 'Ihrer E-Mail-Quarantäne' : `der E-Mail-Quarantäne von ${organisation}`,
  hours: (n) => (n === 1 ? '1 Stunde' : n % 24 === 0 && n > 24 ? `${n / 24} Tage` : `${n} Stunden`),
  signIn: (where, minutes) => ({
    subject: 'Ihr Link zur E-Mail-Quarantäne',
    lead: [`Jemand, vermutlich Sie selbst, hat um einen Link gebeten, um sich bei ${where} anzumelden.`],
    action: 'Anmelden',
    after: [
      `Der Link gilt einmal, ${minutes} Minuten lang. Leiten Sie diese E-Mail nicht weiter: Wer den Link hat, sieht Ihre zurückgehaltenen Nachrichten.`,
      'Wenn nicht Sie darum gebeten haben, brauchen Sie nichts zu tun.',
    ],
  }),
  invitation: (where, display, lasts) => ({
    subject: 'Ihr Zugang zur E-Mail-Quarantäne',
    lead: [
      hello(display),
      `von jetzt an können Sie sich um Nachrichten kümmern, die für Sie zurückgehalten werden: In ${where} sehen Sie sie, lassen sie sich zustellen oder löschen sie.`,
      'Bitte wählen Sie dafür ein Passwort.',
    ],
    action: 'Passwort wählen',
    after: [
      `Der Link gilt einmal, ${lasts} lang. Leiten Sie diese E-Mail nicht weiter: Wer den Link hat, sieht Ihre zurückgehaltenen Nachrichten.`,
    ],
  }),
  newPassword: (where, display, lasts) => ({
    subject: 'Ein neues Passwort für die E-Mail-Quarantäne',
    lead: [hello(display), `mit diesem Link wählen Sie ein neues Passwort für die Anmeldung bei ${where}.`],
    action: 'Passwort wählen',
    after: [
      `Der Link gilt einmal, ${lasts} lang. Bis dahin bleibt Ihr jetziges Passwort, wie es ist. Leiten Sie diese E-Mail nicht weiter.`,
    ],
  }),
  delegation: (where, who, address, lasts) => ({
    subject: 'Code für zurückgehaltene Nachrichten',
    lead: [
      `${who} möchte sich in ${where} um Nachrichten kümmern, die für ${address} zurückgehalten werden.`,
      `Wer diesen Code dort eingibt, sieht diese Nachrichten und kann sie an ${address} zustellen lassen oder löschen. Der Code gilt nur für ${who}.`,
    ],
    action: 'Code',
    after: [
      `Er gilt einmal, ${lasts} lang.`,
      `Wenn Sie ${who} nicht kennen oder das nicht wollen, geben Sie den Code nicht weiter: Ohne ihn ändert sich nichts, und Sie brauchen nichts zu tun.`,
    ],
  }),
}
