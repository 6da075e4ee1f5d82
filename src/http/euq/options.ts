/** What can be set about the quarantine of users: section [euq]. */
import { z } from 'zod'
import { option, section, type ValuesOf } from '../../options.ts'
import { hostsCheck, listenCheck, listenerKeys } from '../options.ts'

const line = (chars: number) =>
  z
    .string()
    .max(chars)
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'must not contain control characters')

export const euqOptions = section(
  'euq',
  'The End-User Quarantine: everybody looks after the own held mail, over https, on listeners of its own, with the\ncertificate of section [admin].',
  {
    enabled: option(
      z.boolean(),
      true,
      'Whether the services for users run: both, on the two addresses below, or those of them that serve --roles names.',
    ),
    listen: option(
      listenCheck,
      ['127.0.0.1:8447'],
      'Where the primary service listens. It balances over all services that live; this is what users open.',
    ),
    secondary_listen: option(
      listenCheck,
      ['127.0.0.1:8446'],
      'Where a secondary service listens. On another machine than the primary: an address that the primary reaches.',
    ),
    hosts: option(
      hostsCheck,
      [],
      'Names under which users reach it. Requests for other names are answered 421; IP addresses, localhost, the name of\nthis machine and that of base_url always work.',
      { reloadable: true },
    ),
    base_url: option(
      z
        .string()
        .max(300)
        .regex(
          /^(?:https:\/\/[a-z0-9.:[\]-]+)?$/i,
          'must be https:// and a host, perhaps with a port, and nothing behind it',
        ),
      '',
      'Where users reach it, for links: "https://mail.example.org". Empty: the first address of listen.',
      { reloadable: true },
    ),
    organisation: option(line(100), '', 'Name of the organisation, for the sign-in page.', {
      reloadable: true,
    }),
    logo: option(
      z.string().max(4096),
      '',
      'File of a logo for the pages of users: PNG, JPEG or WebP of at most 512 KB. Read anew at a reload. With services on\nseveral machines: the same file on each.',
    ),
    message: option(line(500), '', 'A message on the sign-in page.', { reloadable: true }),
    delegation_by_code: option(
      z.boolean(),
      true,
      'Whether users may take on a shared mailbox or a list of own_domains (section [policy]): a code is mailed to its\naddress, and whoever reads it there can let the user have it. Administrators see these delegations and end them.',
      { reloadable: true },
    ),
    delegation_hours: option(z.int().min(1).max(168), 24, 'Such a code is good for so long.', {
      reloadable: true,
    }),
    senders_per_user: option(
      z.int().min(0).max(10_000),
      500,
      'Approved and blocked senders that one user may have, together.',
      { reloadable: true },
    ),
    session_hours: option(
      z.number().min(0.1).max(720),
      12,
      'A session of a user ends after this long, whatever happens in it.',
      { reloadable: true },
    ),
    idle_minutes: option(
      z.number().min(2).max(1440),
      60,
      'A session of a user in which nothing happens ends after this long.',
      { reloadable: true },
    ),
    sign_in_failures: option(
      z.int().min(3).max(1000),
      10,
      'Wrong passwords from one address in sign_in_window_minutes before further attempts are answered 429; for one name,\nfrom wherever they come, five times as many. Each service counts for itself.',
    ),
    sign_in_window_minutes: option(z.number().min(1).max(1440), 10, 'See sign_in_failures.'),
    ...listenerKeys({ request_timeout_s: 30, idle_timeout_s: 60, connections: 2000 }),
  },
)

export type EuqOptions = ValuesOf<typeof euqOptions>

/** Where users reach it, for links: from the configuration only, whatever a request says. */
export const baseUrl = ({ base_url: url, listen }: EuqOptions): string =>
  url === '' ? `https://${listen[0] ?? ''}` : url
