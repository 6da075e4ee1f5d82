/** Addresses of others that a user looks after, in German. */
import type { delegations as en } from '../en/delegations.ts'

export const delegations: typeof en = {
  another: 'Sich um eine weitere Adresse kümmern',
  anotherText:
    'Für ein gemeinsames Postfach oder einen Verteiler, etwa vertrieb@example.org. Wir senden einen Code an diese Adresse; wer ihre E-Mails liest, kann ihn Ihnen geben.',
  address: 'Die gemeinsame Adresse',
  send: 'Code senden',
  haveCode: 'Ich habe einen Code',
  sent: (address) =>
    `Wenn E-Mails an ${address} hier betreut werden, ist ein Code dorthin unterwegs. Geben Sie ihn unten ein, sobald Sie ihn haben.`,
  code: 'Code',
  codeHint: 'Acht Buchstaben und Ziffern, etwa AB12-CD34.',
  use: 'Code eingeben',
  badAddress: 'Das ist keine E-Mail-Adresse.',
  badCode:
    'Dieser Code ist falsch oder gilt nicht mehr. Sehen Sie in die neueste E-Mail, oder senden Sie einen neuen Code.',
  tooMany: 'Das sind zu viele Adressen. Geben Sie zuerst eine zurück.',
  added: (address) => `Sie kümmern sich jetzt um ${address}.`,
  giveBack: 'Zurückgeben',
  giveBackOf: (address) => `Zurückgeben: ${address}`,
  givenBack: (address) => `Sie kümmern sich nicht mehr um ${address}.`,
  sure: (address) =>
    `Sich nicht mehr um ${address} kümmern? Um die Adresse wieder zu bekommen, brauchen Sie einen neuen Code.`,
  cancel: 'Abbrechen',
}
