/** When digests come, in German. */
import type { digest as en } from '../en/digest.ts'

export const digest: typeof en = {
  title: 'Übersicht per E-Mail',
  text: 'Eine E-Mail, die aufzählt, was neu für Sie zurückgehalten wurde. Mit ihren Links lassen Sie sich Nachrichten zustellen oder löschen sie.',
  when: 'Wie oft',
  usual: (often: string) => `Wie hier üblich: ${often}`,
  daily: 'jeden Tag',
  never: 'nie',
  modes: { daily: 'Jeden Tag', days: 'An bestimmten Tagen', off: 'Nie' },
  days: 'Tage',
  times: 'Uhrzeiten',
  time: (n: number) => `Uhrzeit ${n}`,
  add: 'Uhrzeit hinzufügen',
  remove: (time: string) => `${time} entfernen`,
  needDay: 'Wählen Sie mindestens einen Tag.',
  needTime: 'Geben Sie eine Uhrzeit ein, etwa 07:30.',
  next: (when: string) => `Die nächste kommt: ${when}.`,
  onlyNew: 'Gibt es nichts Neues, kommt keine.',
  none: 'Sie erhalten keine Übersichten.',
  written: (language: string, zone: string) =>
    `Auf ${language}, nach der Uhrzeit von ${zone}. Beides ändern Sie oben.`,
  saved: 'Gespeichert.',
}
