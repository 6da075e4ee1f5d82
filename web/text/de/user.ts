/** The End-User Quarantine in German. */

import { words } from '../plural.ts'
import type { UserText } from '../user.ts'
import { delegations } from './delegations.ts'
import { digest } from './digest.ts'
import { requests } from './requests.ts'
import { senders } from './senders.ts'

const { count, plural } = words('de')
const messages = (n: number) => plural(n, { one: 'Nachricht', other: 'Nachrichten' })
const these = (n: number) => (n === 1 ? 'Die Nachricht' : messages(n))

export const de: UserText = {
  product: 'Quarantäne',
  quarantineOf: (organisation) => `Quarantäne: ${organisation}`,
  loading: 'Wird geladen …',
  back: 'Zurück',
  close: 'Schließen',
  retry: 'Noch einmal versuchen',
  undo: 'Rückgängig',
  save: 'Speichern',
  language: 'Sprache',
  skip: 'Zum Inhalt springen',
  menu: 'Hauptmenü',
  noSubject: '(kein Betreff)',
  noSender: '(kein Absender)',
  entrance: {
    title: 'Anmelden',
    lead: 'Hier sehen Sie die E-Mails, die für Sie zurückgehalten wurden.',
    name: 'Name oder E-Mail-Adresse',
    password: 'Passwort',
    logOn: 'Anmelden',
    needName: 'Geben Sie Ihren Namen oder Ihre E-Mail-Adresse ein.',
    needPassword: 'Geben Sie Ihr Passwort ein.',
    wrong: 'Name oder Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.',
    ended:
      'Sie wurden abgemeldet, weil einige Zeit vergangen ist. Melden Sie sich wieder an, dann geht es dort weiter, wo Sie waren.',
    or: 'oder',
    atProvider: (label) => `Anmelden mit ${label}`,
    providerBad:
      'Die Anmeldung dort ist nicht gelungen. Bitte versuchen Sie es noch einmal; bleibt es dabei, wenden Sie sich an die Menschen, die sich um Ihre E-Mail kümmern.',
    linkTitle: 'Ohne Passwort anmelden',
    linkText: 'Wir schicken Ihnen eine E-Mail mit einem Link. Öffnen Sie ihn, um sich anzumelden.',
    address: 'Ihre E-Mail-Adresse',
    sendLink: 'Link zuschicken',
    linkSent:
      'Wenn wir diese Adresse kennen, ist eine E-Mail mit einem Link unterwegs. Bitte sehen Sie in Ihren Posteingang; es kann eine Minute dauern.',
    withPassword: 'Lieber mit Passwort anmelden',
    noWay:
      'Die Anmeldung ist zurzeit abgeschaltet. Bitte wenden Sie sich an die Menschen, die sich um Ihre E-Mail kümmern.',
    useLinkTitle: 'Ihr Link zum Anmelden',
    useLinkText: 'Drücken Sie den Knopf, um sich anzumelden. Der Link gilt nur einmal.',
    linkBad: 'Dieser Link gilt nicht mehr. Vielleicht ist er zu alt oder wurde schon benutzt.',
    toLogOn: 'Zur Anmeldung',
    welcomeTitle: 'Willkommen',
    welcomeText: 'Wählen Sie ein Passwort. Damit melden Sie sich hier von nun an an.',
    startUsing: 'Passwort festlegen und anmelden',
    invitationBad:
      'Diese Einladung gilt nicht mehr. Bitte lassen Sie sich von den Menschen, die sich um Ihre E-Mail kümmern, eine neue geben.',
  },
  password: {
    title: 'Passwort ändern',
    current: 'Bisheriges Passwort',
    wanted: 'Neues Passwort',
    hint: 'Mindestens 10 Zeichen. Einige Wörter hintereinander merkt man sich leicht.',
    repeat: 'Neues Passwort noch einmal',
    mismatch: 'Die beiden Passwörter sind nicht gleich.',
    wrong: 'Das ist nicht Ihr bisheriges Passwort.',
    bad: 'Dieses Passwort geht nicht. Nehmen Sie ein längeres, das schwer zu erraten ist.',
    change: 'Passwort ändern',
    changed: 'Ihr Passwort ist geändert. Andere Geräte wurden abgemeldet.',
  },
  list: {
    title: 'Spam-Quarantäne',
    lead: 'Diese Nachrichten wurden zurückgehalten, weil sie unerwünscht oder gefährlich aussehen.',
    views: {
      label: 'Was gezeigt wird',
      held: 'Zurückgehalten',
      delivered: 'Zugestellt',
      deleted: 'Gelöscht',
    },
    search: 'Absender oder Betreff suchen',
    searchShort: 'Suchen',
    clear: 'Suche leeren',
    reason: 'Grund',
    allReasons: 'Alle Gründe',
    sort: 'Reihenfolge',
    sorts: {
      newest: 'Neueste zuerst',
      oldest: 'Älteste zuerst',
      sender: 'Nach Absender',
      subject: 'Nach Betreff',
    },
    from: 'Von',
    subject: 'Betreff',
    why: 'Warum zurückgehalten',
    received: 'Eingegangen',
    expires: 'Aufbewahrt bis',
    deletedBy: (when) => `Wird ${when} entfernt`,
    to: 'An',
    forAddress: (address) => `Für ${address}`,
    total: (n, exact) => (exact ? messages(n) : `Mehr als ${messages(n)}`),
    select: (subject) => `Auswählen: ${subject}`,
    selectAll: 'Alle auf dieser Seite auswählen',
    selected: (n) => `${messages(n)} ausgewählt`,
    clearSelection: 'Auswahl aufheben',
    notSpam: 'Kein Spam',
    delete: 'Löschen',
    restore: 'Zurückholen',
    notSpamOf: (subject) => `Kein Spam: ${subject}`,
    deleteOf: (subject) => `Löschen: ${subject}`,
    restoreOf: (subject) => `Zurückholen: ${subject}`,
    earlier: 'Vorige Seite',
    later: 'Nächste Seite',
    page: (n) => `Seite ${count(n)}`,
    emptyHeld: 'Alles in Ordnung',
    emptyHeldText: 'Für Sie wird keine E-Mail zurückgehalten. Wenn doch einmal, finden Sie sie hier.',
    emptyDelivered: 'Hier ist noch nichts',
    emptyDeliveredText:
      'Nachrichten, die Sie als „Kein Spam“ gekennzeichnet haben, stehen hier, sobald sie Ihnen zugestellt sind.',
    emptyDeleted: 'Nichts gelöscht',
    emptyDeletedText: 'Was Sie löschen, steht noch einige Tage hier und lässt sich zurückholen.',
    emptySearch: 'Nichts gefunden',
    emptySearchText: 'Versuchen Sie es mit weniger oder anderen Wörtern, oder lassen Sie alle Gründe zeigen.',
    showAll: 'Alle Nachrichten zeigen',
  },
  states: {
    releasing: 'Unterwegs zu Ihnen',
    delivered: 'Zugestellt',
    'release-failed': 'Nicht zustellbar',
    deleted: 'Gelöscht',
  },
  deeds: {
    coming: (n) =>
      n === 1
        ? 'Die Nachricht wird Ihnen jetzt zugestellt.'
        : `${messages(n)} werden Ihnen jetzt zugestellt.`,
    arrived: (n) => `${these(n)} ${n === 1 ? 'wurde' : 'wurden'} an Ihr Postfach übergeben.`,
    onTheWay: (n) => `${these(n)} ${n === 1 ? 'ist' : 'sind'} unterwegs zu Ihnen.`,
    failed: (n) =>
      `${these(n)} ${n === 1 ? 'konnte' : 'konnten'} nicht zugestellt werden. Sie können es später noch einmal versuchen.`,
    notDone: (n) =>
      n === 1 ? 'Eine Nachricht ließ sich nicht ändern.' : `${messages(n)} ließen sich nicht ändern.`,
    mayNot: (n) =>
      n === 1
        ? 'Eine Nachricht können Sie sich nicht selbst zustellen; öffnen Sie sie, um zu sehen, warum.'
        : `${messages(n)} können Sie sich nicht selbst zustellen; öffnen Sie sie, um zu sehen, warum.`,
    deleted: (n) => `${these(n)} ${n === 1 ? 'wurde' : 'wurden'} gelöscht.`,
    restored: (n) => `${these(n)} ${n === 1 ? 'ist' : 'sind'} wieder da.`,
  },
  message: {
    title: 'Nachricht in Quarantäne',
    toList: 'Zurück zur Liste',
    from: 'Von',
    sentBy: 'Gesendet von',
    differs: 'Das ist nicht die Adresse von oben. Beide können erfunden sein: Seien Sie vorsichtig.',
    to: 'An',
    received: 'Eingegangen',
    kept: 'Aufbewahrt bis',
    whyTitle: 'Warum wurde sie zurückgehalten?',
    notSpamText:
      'Sie kennen den Absender und möchten diese Nachricht haben? Dann drücken Sie „Kein Spam“. Sie wird Ihnen jetzt zugestellt.',
    askText:
      'Diese Nachricht können Sie sich nicht selbst zustellen. Wenn Sie sie brauchen, wenden Sie sich an die Menschen, die sich um Ihre E-Mail kümmern, und nennen Sie Absender und Betreff.',
    malwareTitle: 'Diese Nachricht ist gefährlich',
    malwareText:
      'In ihr wurde ein Schadprogramm gefunden. Sie kann Ihnen nicht zugestellt werden. Am besten löschen Sie sie.',
    releasingText: 'Sie ist unterwegs zu Ihrem Postfach. Diese Seite sagt Ihnen, wann sie übergeben ist.',
    deliveredText: (when) => `Sie wurde an Ihr Postfach übergeben: ${when}. Sehen Sie in Ihren Posteingang.`,
    failedText:
      'Ihr Postfach hat sie nicht angenommen. Sie können es noch einmal versuchen; hilft das nicht, wenden Sie sich an die Menschen, die sich um Ihre E-Mail kümmern.',
    deletedText: 'Diese Nachricht ist gelöscht. Sie lässt sich noch einige Tage zurückholen.',
    deletedForGood: 'Diese Nachricht ist gelöscht.',
    content: 'Die Nachricht',
    views: { label: 'Wie sie gezeigt wird', rendered: 'Wie gesendet', text: 'Nur Text' },
    frame: 'Die Nachricht, sicher dargestellt',
    safe: 'Sicher dargestellt: Links und Knöpfe darin tun nichts, und aus dem Internet wird nichts geladen.',
    pictures: (n) => (n === 1 ? 'Ein Bild wurde nicht geladen.' : `${count(n)} Bilder wurden nicht geladen.`),
    noText: 'Diese Nachricht hat keinen Text.',
    cut: 'Der Text ist länger als das, was hier steht.',
    cannotShow: 'Diese Nachricht kann hier nicht oder nur zum Teil gezeigt werden.',
    attachments: (n) => plural(n, { one: 'Anhang', other: 'Anhänge' }),
    attachmentsText:
      'Anhänge lassen sich hier nicht öffnen. Sie kommen mit der Nachricht, wenn sie Ihnen zugestellt wird.',
    attachmentsHeld: 'Anhänge lassen sich hier nicht öffnen.',
    attachmentsRisk:
      'Öffnen Sie einen Anhang nur, wenn Sie den Absender kennen: Er kann Ihrem Gerät schaden.',
    download: (name: string) => `${name} herunterladen`,
    noName: '(ohne Namen)',
    details: 'Einzelheiten für die Menschen, die sich um Ihre E-Mail kümmern',
    rule: 'Angegebener Grund',
    area: 'Bereich',
    size: 'Größe',
    number: 'Nummer',
    notFoundTitle: 'Diese Nachricht ist nicht hier',
    notFoundText: 'Vielleicht wurde sie nach ihrer Frist entfernt, oder der Link ist für jemand anderen.',
  },
  reasons: {
    malware: { short: 'Schadprogramm', long: 'In ihr wurde ein Schadprogramm (ein Virus) gefunden.' },
    phishing: {
      short: 'Betrugsversuch',
      long: 'Sie sieht nach dem Versuch aus, unter falschem Namen an Passwörter oder Geld zu kommen.',
    },
    spam: { short: 'Spam', long: 'Sie sieht nach unerwünschter Werbung aus.' },
    bulk: { short: 'Massenmail', long: 'Sie ging an sehr viele Menschen, wie ein Rundbrief.' },
    spoofing: {
      short: 'Falscher Absender',
      long: 'Der Absender ist wahrscheinlich nicht der, der in der Nachricht steht.',
    },
    attachment: {
      short: 'Riskanter Anhang',
      long: 'Sie hat einen Anhang von einer Art, die einem Computer schaden kann.',
    },
    encrypted: {
      short: 'Verschlossener Inhalt',
      long: 'Ein Teil von ihr ist verschlossen, so dass er nicht geprüft werden konnte.',
    },
    content: { short: 'Verdächtiger Inhalt', long: 'Etwas in ihrem Inhalt ist verdächtig.' },
    policy: { short: 'Hausregel', long: 'Eine Regel Ihrer Organisation hält solche Nachrichten zurück.' },
    oversize: { short: 'Zu groß', long: 'Sie ist größer, als Ihre Organisation durchlässt.' },
    sender: { short: 'Gesperrter Absender', long: 'E-Mail von diesem Absender wird zurückgehalten.' },
    authentication: {
      short: 'Absender nicht belegt',
      long: 'Der Absender konnte nicht belegen, dass er der ist, für den er sich ausgibt.',
    },
    unscanned: {
      short: 'Nicht geprüft',
      long: 'Sie konnte nicht auf Gefahren geprüft werden und wurde deshalb sicherheitshalber zurückgehalten.',
    },
    other: { short: 'Anderer Grund', long: 'Ihre Organisation hält sie zurück.' },
  },
  preferences: {
    title: 'Einstellungen',
    lead: 'Wie diese Quarantäne für Sie aussieht.',
    look: 'Sprache und Darstellung',
    asBrowser: 'Wie im Browser',
    timeZone: 'Zeitzone',
    theme: 'Darstellung',
    themes: { auto: 'Wie auf dem Gerät', light: 'Hell', dark: 'Dunkel' },
    saved: 'Gespeichert.',
    addresses: 'Ihre Adressen',
    addressesText: 'E-Mails an diese Adressen werden Ihnen gezeigt.',
    kinds: { own: 'Ihre eigene', alias: 'Auch Ihre', delegated: 'Gemeinsam' },
    logOff: 'Abmelden',
    loggedOnAs: 'Angemeldet als',
  },
  delegations,
  digest,
  requests,
  senders,
  failures: {
    title: 'Das hat nicht geklappt',
    unreachable:
      'Die Quarantäne ist nicht erreichbar. Ist dieses Gerät online? Bitte versuchen Sie es noch einmal.',
    busy: 'Die Quarantäne ist überlastet oder wird gewartet. Bitte versuchen Sie es in einer Minute noch einmal.',
    tooMany: 'Es waren zu viele Versuche. Bitte warten Sie einige Minuten und versuchen Sie es noch einmal.',
    notFound: 'Das ist nicht mehr hier.',
    other:
      'Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal; bleibt es dabei, wenden Sie sich an die Menschen, die sich um Ihre E-Mail kümmern.',
    broken: 'Diese Seite ist abgestürzt.',
    reload: 'Seite neu laden',
    pageTitle: 'Diese Seite gibt es nicht',
    pageText: 'Vielleicht ist die Adresse falsch geschrieben.',
  },
}
