/** German. */
import type { DigestText } from './digest-text.ts'

export const de: DigestText = {
  locale: 'de',
  subject: (count) =>
    count === 1 ? '1 neue Nachricht in Ihrer Quarantäne' : `${count} neue Nachrichten in Ihrer Quarantäne`,
  heading: 'Ihre E-Mail-Quarantäne',
  intro: (count, organisation) =>
    `${count === 1 ? '1 Nachricht wurde' : `${count} Nachrichten wurden`} seit der letzten Übersicht für Sie zurückgehalten${organisation === '' ? '' : ` (${organisation})`}.`,
  noSubject: '(kein Betreff)',
  noSender: '(kein Absender)',
  about: 'Betreff',
  from: 'Von',
  to: 'An',
  received: 'Eingegangen',
  heldFor: 'Zurückgehalten, denn',
  expires: 'Aufbewahrt bis',
  reasons: {
    malware: 'ein Virenscanner hat etwas Gefährliches darin gefunden',
    phishing: 'sie sieht aus wie ein Versuch, Passwörter oder Daten zu stehlen',
    spam: 'sie sieht aus wie Spam',
    bulk: 'sie sieht aus wie Massenwerbung',
    spoofing: 'ihr Absender ist offenbar gefälscht',
    attachment: 'sie hat einen Anhang von nicht zugelassener Art',
    encrypted: 'sie hat verschlüsselten Inhalt, der nicht geprüft werden konnte',
    content: 'ihr Text ist von nicht zugelassener Art',
    policy: 'eine Regel Ihrer Organisation hält solche Nachrichten zurück',
    oversize: 'sie ist zu groß',
    sender: 'ihr Absender ist gesperrt',
    authentication: 'ihr Absender konnte nicht bestätigt werden',
    unscanned: 'sie konnte nicht geprüft werden',
    other: 'eine Regel hält solche Nachrichten zurück',
  },
  notSpam: 'Kein Spam: zustellen',
  approve: 'Kein Spam, und Absender zulassen',
  delete: 'Löschen',
  askInConsole: 'Diese Nachricht kann nur die Administration freigeben.',
  andMore: (count) => (count === 1 ? 'Und 1 weitere Nachricht.' : `Und ${count} weitere Nachrichten.`),
  openConsole: 'Meine Quarantäne öffnen',
  footer:
    'Sie erhalten diese E-Mail, weil Nachrichten für Sie zurückgehalten wurden. Ihre Links wirken auf Ihre E-Mails: Leiten Sie sie nicht weiter.',
  unsubscribe: 'Diese Übersichten abbestellen',
  page: {
    title: 'E-Mail-Quarantäne',
    askNotSpam: 'Diese Nachricht wird Ihnen zugestellt.',
    askApprove: (sender) =>
      `Diese Nachricht wird Ihnen zugestellt. E-Mails von ${sender} werden künftig nicht mehr als Spam zurückgehalten.`,
    askDelete: 'Diese Nachricht wird gelöscht. Sie können sie einige Tage lang zurückholen.',
    askUnsubscribe:
      'Sie erhalten keine Übersichten mehr. In Ihrer Quarantäne können Sie sie wieder einschalten.',
    doUnsubscribe: 'Übersichten abbestellen',
    released: 'Die Nachricht ist unterwegs zu Ihnen.',
    approved: (sender) =>
      `Die Nachricht ist auf dem Weg zu Ihnen. ${sender} ist jetzt ein zugelassener Absender.`,
    listFull:
      'Die Nachricht ist auf dem Weg zu Ihnen. Der Absender wurde nicht zugelassen: Ihre Absenderliste ist voll.',
    noSenderToApprove:
      'Die Nachricht ist auf dem Weg zu Ihnen. Sie hat keinen Absender, der zugelassen werden könnte.',
    deleted: 'Die Nachricht ist gelöscht.',
    unsubscribed: 'Sie erhalten keine Übersichten mehr.',
    releasedBefore: (who, when) =>
      `Diese Nachricht wurde schon freigegeben (von ${who}, ${when}). Sie ist unterwegs.`,
    deliveredBefore: (who, when) =>
      `Diese Nachricht wurde schon freigegeben (von ${who}) und zugestellt: ${when}.`,
    deletedBefore: (who, when) => `Diese Nachricht wurde schon gelöscht (von ${who}, ${when}).`,
    you: 'Ihnen',
    administrator: 'der Administration',
    somebody: 'jemand anderem, der sich um diese E-Mails kümmert',
    gone: 'Diese Nachricht gibt es nicht mehr: Die Zeit ihrer Aufbewahrung ist vorbei.',
    expired:
      'Dieser Link ist abgelaufen. Wird die Nachricht noch aufbewahrt, finden Sie sie in Ihrer Quarantäne.',
    unknown:
      'Dieser Link ist nicht gültig. Vielleicht wurde er abgeschnitten: Öffnen Sie ihn noch einmal aus der Übersicht.',
    malware:
      'Ein Virenscanner hat in dieser Nachricht etwas Gefährliches gefunden. Sie kann von hier nicht zugestellt werden.',
    notAllowed: 'Diese Nachricht können Sie nicht selbst freigeben. Fragen Sie die Administration.',
    unchanged:
      'Es wurde nichts geändert: Die Nachricht hat sich inzwischen geändert. Öffnen Sie den Link noch einmal.',
    tooMany: 'Zu viele ungültige Links. Versuchen Sie es später noch einmal.',
    signIn: 'Anmelden',
    needsSignIn:
      'Melden Sie sich zuerst an, und zwar als die Person, an die die Übersicht ging; öffnen Sie dann den Link noch einmal.',
    error: 'Das ging wegen eines Fehlers bei uns nicht. Versuchen Sie es später noch einmal.',
  },
}
