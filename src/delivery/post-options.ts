/** What can be set about mail of our own: section [post]. */
import { z } from 'zod'
import { option, section, type ValuesOf } from '../options.ts'

export const postOptions = section(
  'post',
  'Mail that Lazaret itself writes (digests), sent to the next hop with the null sender.',
  {
    from: option(
      z
        .string()
        .max(254)
        .regex(
          /^(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+)?$/,
          'must be an address such as quarantine@example.org',
        ),
      '',
      'Address in From:, which also gives the domain of Message-ID. Nobody need read its mail, but it should exist. Empty:\nquarantine@ and the name of this machine.',
      { reloadable: true },
    ),
    from_name: option(
      z
        .string()
        .max(100)
        .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'must not contain control characters'),
      'Mail Quarantine',
      'Name in From:.',
      { reloadable: true },
    ),
    parallel: option(
      z.int().min(1).max(100),
      5,
      'Mails of our own handed to the next hop at a time; released mail does not wait for them.',
    ),
    keep_days: option(
      z.number().min(0).max(3650),
      30,
      'Days that it is kept on record that such a mail was sent. Its content is removed when it has been sent.',
      { reloadable: true },
    ),
  },
)

export type PostOptions = ValuesOf<typeof postOptions>

export const senderOf = (options: PostOptions, machine: string) => ({
  name: options.from_name,
  address: options.from === '' ? `quarantine@${machine}` : options.from,
})
