/** The End-User Quarantine in French. */

import { words } from '../plural.ts'
import type { UserText } from '../user.ts'
import { delegations } from './delegations.ts'
import { digest } from './digest.ts'
import { requests } from './requests.ts'
import { senders } from './senders.ts'

const { count, plural } = words('fr')
const messages = (n: number) => plural(n, { one: 'message', other: 'messages' })
const these = (n: number) => (n === 1 ? 'Le message' : messages(n))

export const fr: UserText = {
  product: 'Quarantaine',
  quarantineOf: (organisation) => `Quarantaine : ${organisation}`,
  loading: 'Chargement…',
  back: 'Retour',
  close: 'Fermer',
  retry: 'Réessayer',
  undo: 'Annuler',
  save: 'Enregistrer',
  language: 'Langue',
  skip: 'Aller au contenu',
  menu: 'Menu principal',
  noSubject: '(sans objet)',
  noSender: '(sans expéditeur)',
  entrance: {
    title: 'Connexion',
    lead: 'Consultez les messages qui ont été retenus pour vous.',
    name: 'Nom ou adresse électronique',
    password: 'Mot de passe',
    logOn: 'Se connecter',
    needName: 'Saisissez votre nom ou votre adresse électronique.',
    needPassword: 'Saisissez votre mot de passe.',
    wrong: 'Le nom ou le mot de passe est incorrect. Veuillez réessayer.',
    ended:
      'Vous avez été déconnecté parce qu’un certain temps s’est écoulé. Reconnectez-vous pour reprendre où vous en étiez.',
    or: 'ou',
    atProvider: (label) => `Se connecter avec ${label}`,
    providerBad:
      'La connexion n’y a pas abouti. Veuillez réessayer ; si cela persiste, adressez-vous aux personnes qui s’occupent de votre messagerie.',
    linkTitle: 'Se connecter sans mot de passe',
    linkText: 'Nous vous envoyons un message avec un lien. Ouvrez-le pour vous connecter.',
    address: 'Votre adresse électronique',
    sendLink: 'M’envoyer un lien',
    linkSent:
      'Si nous connaissons cette adresse, un message avec un lien est en route. Regardez dans votre boîte de réception ; cela peut prendre une minute.',
    withPassword: 'Utiliser plutôt un mot de passe',
    noWay:
      'La connexion est désactivée pour le moment. Adressez-vous aux personnes qui s’occupent de votre messagerie.',
    useLinkTitle: 'Votre lien de connexion',
    useLinkText: 'Appuyez sur le bouton pour vous connecter. Le lien ne sert qu’une fois.',
    linkBad: 'Ce lien n’est plus valable. Il est peut-être trop ancien ou a déjà été utilisé.',
    toLogOn: 'Aller à la page de connexion',
    welcomeTitle: 'Bienvenue',
    welcomeText: 'Choisissez un mot de passe. Il vous servira désormais à vous connecter ici.',
    startUsing: 'Définir le mot de passe et se connecter',
    invitationBad:
      'Cette invitation n’est plus valable. Demandez-en une nouvelle aux personnes qui s’occupent de votre messagerie.',
  },
  password: {
    title: 'Changer de mot de passe',
    current: 'Mot de passe actuel',
    wanted: 'Nouveau mot de passe',
    hint: 'Au moins 10 caractères. Quelques mots à la suite se retiennent facilement.',
    repeat: 'Nouveau mot de passe, encore une fois',
    mismatch: 'Les deux mots de passe ne sont pas identiques.',
    wrong: 'Ce n’est pas votre mot de passe actuel.',
    bad: 'Ce mot de passe ne convient pas. Prenez-en un plus long et difficile à deviner.',
    change: 'Changer le mot de passe',
    changed: 'Votre mot de passe est changé. Les autres appareils ont été déconnectés.',
  },
  list: {
    title: 'Quarantaine du courrier indésirable',
    lead: 'Ces messages ont été retenus parce qu’ils semblent indésirables ou dangereux.',
    views: { label: 'Messages affichés', held: 'Retenus', delivered: 'Remis', deleted: 'Supprimés' },
    search: 'Rechercher un expéditeur ou un objet',
    searchShort: 'Rechercher',
    clear: 'Effacer la recherche',
    reason: 'Motif',
    allReasons: 'Tous les motifs',
    sort: 'Ordre',
    sorts: {
      newest: 'Plus récents d’abord',
      oldest: 'Plus anciens d’abord',
      sender: 'Par expéditeur',
      subject: 'Par objet',
    },
    from: 'De',
    subject: 'Objet',
    why: 'Motif de la retenue',
    received: 'Reçu',
    expires: 'Conservé jusqu’au',
    deletedBy: (when) => `Sera effacé ${when}`,
    to: 'À',
    forAddress: (address) => `Pour ${address}`,
    total: (n, exact) => (exact ? messages(n) : `Plus de ${messages(n)}`),
    select: (subject) => `Sélectionner : ${subject}`,
    selectAll: 'Tout sélectionner sur cette page',
    selected: (n) => plural(n, { one: 'message sélectionné', other: 'messages sélectionnés' }),
    clearSelection: 'Effacer la sélection',
    notSpam: 'Message légitime',
    delete: 'Supprimer',
    restore: 'Récupérer',
    notSpamOf: (subject) => `Message légitime : ${subject}`,
    deleteOf: (subject) => `Supprimer : ${subject}`,
    restoreOf: (subject) => `Récupérer : ${subject}`,
    earlier: 'Page précédente',
    later: 'Page suivante',
    page: (n) => `Page n° ${count(n)}`,
    emptyHeld: 'Tout va bien',
    emptyHeldText: 'Aucun message n’est retenu pour vous. S’il y en a un, vous le trouverez ici.',
    emptyDelivered: 'Rien ici pour l’instant',
    emptyDeliveredText:
      'Les messages que vous avez déclarés légitimes apparaissent ici dès qu’ils vous ont été remis.',
    emptyDeleted: 'Rien de supprimé',
    emptyDeletedText: 'Ce que vous supprimez reste ici quelques jours et peut être récupéré.',
    emptySearch: 'Aucun résultat',
    emptySearchText: 'Essayez avec moins de mots ou d’autres mots, ou affichez tous les motifs.',
    showAll: 'Afficher tous les messages',
  },
  states: {
    releasing: 'En route vers vous',
    delivered: 'Remis',
    'release-failed': 'Non remis',
    deleted: 'Supprimé',
  },
  deeds: {
    coming: (n) =>
      n === 1
        ? 'Le message va vous être envoyé maintenant.'
        : `${messages(n)} vont vous être envoyés maintenant.`,
    arrived: (n) =>
      n === 1
        ? 'Le message a été remis à votre boîte aux lettres.'
        : `${messages(n)} ont été remis à votre boîte aux lettres.`,
    onTheWay: (n) => `${these(n)} ${n === 1 ? 'est' : 'sont'} en route vers vous.`,
    failed: (n) =>
      n === 1
        ? 'Le message n’a pas pu être envoyé. Vous pourrez réessayer plus tard.'
        : `${messages(n)} n’ont pas pu être envoyés. Vous pourrez réessayer plus tard.`,
    notDone: (n) =>
      n === 1 ? 'Un message n’a pas pu être modifié.' : `${messages(n)} n’ont pas pu être modifiés.`,
    mayNot: (n) =>
      n === 1
        ? 'Vous ne pouvez pas vous envoyer l’un des messages ; ouvrez-le pour voir pourquoi.'
        : `Vous ne pouvez pas vous envoyer ${messages(n)} ; ouvrez-les pour voir pourquoi.`,
    deleted: (n) => (n === 1 ? 'Le message a été supprimé.' : `${messages(n)} ont été supprimés.`),
    restored: (n) => (n === 1 ? 'Le message est de retour.' : `${messages(n)} sont de retour.`),
  },
  message: {
    title: 'Message en quarantaine',
    toList: 'Retour à la liste',
    from: 'De',
    sentBy: 'Envoyé par',
    differs: 'Ce n’est pas l’adresse ci-dessus. Les deux peuvent être inventées : soyez prudent.',
    to: 'À',
    received: 'Reçu',
    kept: 'Conservé jusqu’au',
    whyTitle: 'Pourquoi a-t-il été retenu ?',
    notSpamText:
      'Vous connaissez l’expéditeur et souhaitez recevoir ce message ? Appuyez sur « Message légitime ». Il vous sera envoyé maintenant.',
    askText:
      'Vous ne pouvez pas vous envoyer ce message. Si vous en avez besoin, adressez-vous aux personnes qui s’occupent de votre messagerie et indiquez-leur l’expéditeur et l’objet.',
    malwareTitle: 'Ce message est dangereux',
    malwareText:
      'Un programme nuisible y a été trouvé. Il ne peut pas vous être envoyé. Le mieux est de le supprimer.',
    releasingText:
      'Il est en route vers votre boîte aux lettres. Cette page vous dira quand il aura été remis.',
    deliveredText: (when) =>
      `Il a été remis à votre boîte aux lettres : ${when}. Regardez dans votre boîte de réception.`,
    failedText:
      'Votre boîte aux lettres ne l’a pas accepté. Vous pouvez réessayer ; si cela n’aide pas, adressez-vous aux personnes qui s’occupent de votre messagerie.',
    deletedText: 'Ce message est supprimé. Il peut encore être récupéré pendant quelques jours.',
    deletedForGood: 'Ce message est supprimé.',
    content: 'Le message',
    views: { label: 'Mode d’affichage', rendered: 'Tel qu’envoyé', text: 'Texte seul' },
    frame: 'Le message, affiché en toute sécurité',
    safe: 'Affichage sûr : les liens et les boutons du message ne font rien, et rien n’est chargé depuis Internet.',
    pictures: (n) =>
      n === 1 ? 'Une image n’a pas été chargée.' : `${count(n)} images n’ont pas été chargées.`,
    noText: 'Ce message ne contient pas de texte.',
    cut: 'Le texte est plus long que ce qui est affiché ici.',
    cannotShow: 'Ce message ne peut pas être affiché ici, ou seulement en partie.',
    attachments: (n) => plural(n, { one: 'pièce jointe', other: 'pièces jointes' }),
    attachmentsText:
      'Les pièces jointes ne peuvent pas être ouvertes ici. Elles arrivent avec le message lorsqu’il vous est envoyé.',
    attachmentsHeld: 'Les pièces jointes ne peuvent pas être ouvertes ici.',
    attachmentsRisk:
      'N’ouvrez une pièce jointe que si vous connaissez l’expéditeur : elle peut nuire à votre appareil.',
    download: (name: string) => `Télécharger ${name}`,
    noName: '(sans nom)',
    details: 'Détails pour les personnes qui s’occupent de votre messagerie',
    rule: 'Motif indiqué',
    area: 'Zone',
    size: 'Taille',
    number: 'Numéro',
    notFoundTitle: 'Ce message n’est pas ici',
    notFoundText: 'Il a peut-être été effacé à l’échéance, ou le lien est destiné à quelqu’un d’autre.',
  },
  reasons: {
    malware: { short: 'Programme nuisible', long: 'Un programme nuisible (un virus) y a été trouvé.' },
    phishing: {
      short: 'Tentative de fraude',
      long: 'Il ressemble à une tentative de vol de mots de passe ou d’argent sous un faux nom.',
    },
    spam: { short: 'Indésirable', long: 'Il ressemble à de la publicité non sollicitée.' },
    bulk: {
      short: 'Envoi en masse',
      long: 'Il a été envoyé à un très grand nombre de personnes, comme une lettre d’information.',
    },
    spoofing: {
      short: 'Faux expéditeur',
      long: 'L’expéditeur n’est probablement pas celui que le message indique.',
    },
    attachment: {
      short: 'Pièce jointe risquée',
      long: 'Il a une pièce jointe d’un type qui peut nuire à un ordinateur.',
    },
    encrypted: {
      short: 'Contenu verrouillé',
      long: 'Une partie du message est verrouillée et n’a donc pas pu être contrôlée.',
    },
    content: { short: 'Contenu suspect', long: 'Quelque chose dans son contenu est suspect.' },
    policy: { short: 'Règle interne', long: 'Une règle de votre organisation retient ce genre de messages.' },
    oversize: {
      short: 'Trop volumineux',
      long: 'Il est plus volumineux que ce que votre organisation laisse passer.',
    },
    sender: { short: 'Expéditeur bloqué', long: 'Les messages de cet expéditeur sont retenus.' },
    authentication: {
      short: 'Expéditeur non vérifié',
      long: 'L’expéditeur n’a pas pu prouver qu’il est bien celui qu’il prétend être.',
    },
    unscanned: {
      short: 'Non contrôlé',
      long: 'Il n’a pas pu être contrôlé ; il a donc été retenu par précaution.',
    },
    other: { short: 'Autre motif', long: 'Votre organisation le retient.' },
  },
  preferences: {
    title: 'Réglages',
    lead: 'L’apparence de cette quarantaine pour vous.',
    look: 'Langue et apparence',
    asBrowser: 'Comme dans le navigateur',
    timeZone: 'Fuseau horaire',
    theme: 'Apparence',
    themes: { auto: 'Comme sur l’appareil', light: 'Clair', dark: 'Sombre' },
    saved: 'Enregistré.',
    addresses: 'Vos adresses',
    addressesText: 'Les messages envoyés à ces adresses vous sont montrés.',
    kinds: { own: 'La vôtre', alias: 'Aussi la vôtre', delegated: 'Partagée' },
    logOff: 'Se déconnecter',
    loggedOnAs: 'Connecté en tant que',
  },
  delegations,
  digest,
  requests,
  senders,
  failures: {
    title: 'Cela n’a pas fonctionné',
    unreachable: 'La quarantaine est injoignable. Cet appareil est-il en ligne ? Veuillez réessayer.',
    busy: 'La quarantaine est surchargée ou en maintenance. Veuillez réessayer dans une minute.',
    tooMany: 'Il y a eu trop de tentatives. Attendez quelques minutes, puis réessayez.',
    notFound: 'Ceci n’est plus ici.',
    other:
      'Quelque chose s’est mal passé. Veuillez réessayer ; si cela persiste, adressez-vous aux personnes qui s’occupent de votre messagerie.',
    broken: 'Cette page ne fonctionne plus.',
    reload: 'Recharger la page',
    pageTitle: 'Cette page n’existe pas',
    pageText: 'L’adresse est peut-être mal écrite.',
  },
}
