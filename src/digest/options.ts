/** What can be set about digests: section [digest]. */
import { z } from 'zod'
import { option, section, type ValuesOf } from '../options.ts'
import { isTimeZone, languages, timeOfDay, weekdays } from './schedule.ts'

export const digestOptions = section(
  'digest',
  'Digests: mail to users that lists what is held for them and is new since the last one, with signed links to release or\ndelete it. Of areas with in_digest = true and visible_to_users = true. Off until users have their console.',
  {
    enabled: option(z.boolean(), false, 'Whether digests are sent, and their links work. Needs euq.enabled.'),
    times: option(
      z.array(timeOfDay).min(1).max(24),
      ['07:00'],
      "When, in the user's time zone. Users can choose otherwise.",
      { reloadable: true },
    ),
    days: option(
      z.array(z.enum(weekdays)).max(7),
      [...weekdays],
      'On which days; empty: only for users who ask for it.',
      { reloadable: true },
    ),
    time_zone: option(
      z.string().max(64).refine(isTimeZone, 'is no time zone: give an IANA name such as Europe/Berlin'),
      'UTC',
      'Of users who have not said theirs.',
      { reloadable: true },
    ),
    language: option(z.enum(languages), 'en', 'Of users who have not said theirs.', { reloadable: true }),
    links_need_sign_in: option(
      z.boolean(),
      false,
      'Links act only for somebody who is signed in as the user whose they are. Otherwise whoever has the digest can do what\nits links say, and nothing else.',
      { reloadable: true },
    ),
  },
)

export type DigestOptions = ValuesOf<typeof digestOptions>
