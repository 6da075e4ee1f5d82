/** French. */
import type { DigestText } from './digest-text.ts'

export const fr: DigestText = {
  locale: 'fr',
  subject: (count) =>
    count <= 1
      ? `${count} nouveau message dans votre quarantaine`
      : `${count} nouveaux messages dans votre quarantaine`,
  heading: 'Votre quarantaine de messages',
  intro: (count, organisation) =>
    `${count <= 1 ? `${count} message a été retenu` : `${count} messages ont été retenus`} pour vous${organisation === '' ? '' : ` (${organisation})`} depuis le dernier récapitulatif.`,
  noSubject: '(sans objet)',
  noSender: '(sans expéditeur)',
  about: 'Objet',
  from: 'De',
  to: 'À',
  received: 'Reçu le',
  heldFor: 'Retenu parce que',
  expires: 'Conservé jusqu’au',
  reasons: {
    malware: 'un antivirus y a trouvé un élément dangereux',
    phishing: 'il ressemble à une tentative de vol de mots de passe ou de données',
    spam: 'il ressemble à du courrier indésirable',
    bulk: 'il ressemble à de la publicité envoyée en masse',
    spoofing: 'son expéditeur semble falsifié',
    attachment: 'il contient une pièce jointe d’un type non autorisé',
    encrypted: 'il contient des données chiffrées qui n’ont pas pu être vérifiées',
    content: 'son texte est d’un type non autorisé',
    policy: 'une règle de votre organisation retient ce type de message',
    oversize: 'il est trop volumineux',
    sender: 'son expéditeur est bloqué',
    authentication: 'son expéditeur n’a pas pu être vérifié',
    unscanned: 'il n’a pas pu être vérifié',
    other: 'une règle retient ce type de message',
  },
  notSpam: 'Légitime : remettre ce message',
  approve: 'Pas un spam, et approuver l’expéditeur',
  delete: 'Supprimer',
  askInConsole: 'Seul un administrateur peut libérer ce message.',
  andMore: (count) => (count <= 1 ? `Et ${count} autre message.` : `Et ${count} autres messages.`),
  openConsole: 'Ouvrir ma quarantaine',
  footer:
    'Vous recevez ce message parce que du courrier qui vous est destiné a été retenu. Ses liens agissent sur votre courrier : ne le transférez pas.',
  unsubscribe: 'Ne plus recevoir ces récapitulatifs',
  page: {
    title: 'Quarantaine de messages',
    askNotSpam: 'Ce message vous sera remis.',
    askApprove: (sender) =>
      `Ce message vous sera remis. Désormais, les messages de ${sender} ne seront plus retenus comme spam.`,
    askDelete: 'Ce message sera supprimé. Vous pourrez le récupérer pendant quelques jours.',
    askUnsubscribe:
      'Vous ne recevrez plus de récapitulatifs. Vous pourrez les réactiver dans votre quarantaine.',
    doUnsubscribe: 'Arrêter les récapitulatifs',
    released: 'Le message est en route vers vous.',
    approved: (sender) => `Le message est en route vers vous. ${sender} est un expéditeur approuvé.`,
    listFull:
      'Le message est en route vers vous. L’expéditeur n’a pas été approuvé : votre liste d’expéditeurs est pleine.',
    noSenderToApprove: 'Le message est en route vers vous. Il n’a pas d’expéditeur qui puisse être approuvé.',
    deleted: 'Le message est supprimé.',
    unsubscribed: 'Vous ne recevrez plus de récapitulatifs.',
    releasedBefore: (who, when) => `Ce message a déjà été libéré (par ${who}, ${when}). Il est en route.`,
    deliveredBefore: (who, when) => `Ce message a déjà été libéré (par ${who}) et remis le ${when}.`,
    deletedBefore: (who, when) => `Ce message a déjà été supprimé (par ${who}, ${when}).`,
    you: 'vous',
    administrator: 'un administrateur',
    somebody: 'une autre personne qui s’occupe de ce courrier',
    gone: 'Ce message n’existe plus : sa durée de conservation est écoulée.',
    expired: 'Ce lien a expiré. Si le message est encore conservé, vous le trouverez dans votre quarantaine.',
    unknown:
      'Ce lien n’est pas valide. Il a peut-être été coupé : ouvrez-le de nouveau depuis le récapitulatif.',
    malware: 'Un antivirus a trouvé un élément dangereux dans ce message. Il ne peut pas être remis d’ici.',
    notAllowed: 'Vous ne pouvez pas libérer ce message vous-même. Adressez-vous à un administrateur.',
    unchanged: 'Rien n’a été modifié : le message a changé entre-temps. Ouvrez de nouveau le lien.',
    tooMany: 'Trop de liens non valides. Réessayez plus tard.',
    signIn: 'Se connecter',
    needsSignIn:
      'Connectez-vous d’abord, avec le compte auquel le récapitulatif a été envoyé ; ouvrez ensuite le lien de nouveau.',
    error: 'L’opération a échoué à cause d’une erreur de notre côté. Réessayez plus tard.',
  },
}
