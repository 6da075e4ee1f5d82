/** Quarantine areas: what they are for and what lies in them. */
import { plural } from '../plural.ts'

export const areas = {
  title: 'Areas',
  lead: 'Where held mail lies, how long it is kept, and who may release it.',
  name: 'Area',
  kept: 'Kept',
  days: (n: number) => plural(n, { one: 'day', other: 'days' }),
  forEver: 'For ever',
  unknownKept: 'Not set',
  releasers: 'Released by',
  releasedBy: {
    administrator: 'Administrators',
    operator: 'Operators and administrators',
    recipient: 'Recipients (their own copies), operators, administrators',
    nobody: 'Nobody',
  } as Record<string, string>,
  users: 'Recipients',
  usersSee: 'See their own copies',
  usersDownload: 'May download attachments',
  usersDigest: 'Listed in digests',
  usersNone: 'Do not see it',
  held: 'Held copies',
  show: 'Show',
  showOf: (name: string) => `Show what is held in ${name}`,
  messages: 'Messages',
  size: 'Size',
  gone: 'No longer configured',
  goneHint:
    'Mail is in it, but the configuration file no longer names it. It is kept for as many days as unknown_area_keep_days says.',
  where: 'Areas are set in the configuration file, one ',
  whereTable: '[[areas]]',
  whereRest: ' table each; docs/configuration.md and docs/rules.md say what can be set.',
  counted: 'Counted',
  none: 'There is no area',
  noneText: 'The configuration file names none, and no mail is held.',
}
