/** When digests come, in French. */
import type { digest as en } from '../en/digest.ts'

export const digest: typeof en = {
  title: 'Résumé par e-mail',
  text: 'Un e-mail qui énumère les nouveaux messages retenus pour vous. Ses liens permettent de vous les faire envoyer ou de les supprimer.',
  when: 'Fréquence',
  usual: (often: string) => `Comme d’habitude ici : ${often}`,
  daily: 'chaque jour',
  never: 'jamais',
  modes: { daily: 'Chaque jour', days: 'Certains jours', off: 'Jamais' },
  days: 'Jours',
  times: 'Heures',
  time: (n: number) => `Heure ${n}`,
  add: 'Ajouter une heure',
  remove: (time: string) => `Retirer ${time}`,
  needDay: 'Choisissez au moins un jour.',
  needTime: 'Indiquez une heure, par exemple 07:30.',
  next: (when: string) => `Le prochain est prévu : ${when}.`,
  onlyNew: 'Rien de nouveau, pas d’e-mail.',
  none: 'Vous ne recevez pas de résumés.',
  written: (language: string, zone: string) =>
    `En ${language}, à l’heure de ${zone}. Les deux se changent plus haut.`,
  saved: 'Enregistré.',
}
