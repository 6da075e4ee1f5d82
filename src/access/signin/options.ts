/** What can be set about the ways in which users sign in: section [sign_in]. */
import { z } from 'zod'
import { option, section, type ValuesOf } from '../../options.ts'
import { imapDoc, imapSchema } from './imap.ts'
import { ldapDoc, ldapSchema } from './ldap-options.ts'
import { oidcDoc, oidcSchema } from './oidc-options.ts'
import { smtpDoc, smtpSchema } from './smtp.ts'

const methodNames = ['local', 'ldap', 'imap', 'smtp'] as const
export type MethodName = (typeof methodNames)[number]

export const signInOptions = section(
  'sign_in',
  'How users (people whose mail is held) sign in to their quarantine.',
  {
    methods: option<MethodName[]>(
      z
        .array(z.enum(methodNames))
        .max(10)
        .refine((names) => new Set(names).size === names.length, 'must name each way once'),
      ['local'],
      'Ways of signing in with name and password, in the order in which they are asked until one recognises the user.\nlocal: a password kept here, chosen behind a link with which an administrator invites. ldap, imap, smtp: the servers below.',
    ),
    ldap: option(z.array(ldapSchema).max(10), [], ldapDoc),
    imap: option(z.array(imapSchema).max(10), [], imapDoc),
    smtp: option(z.array(smtpSchema).max(10), [], smtpDoc),
    oidc: option(z.array(oidcSchema).max(5), [], oidcDoc),
    link: option(
      z.boolean(),
      true,
      'Whether users may have a one-time link mailed to one of their own addresses, which signs them in. It goes to the\nnext hop as digests do, and leads to base_url in section [euq].',
    ),
    link_creates_users: option(
      z.boolean(),
      true,
      'Whether somebody who is no user yet becomes one by such a link: only for an address in own_domains of section\n[policy], and only when mail is held for it. Who can read the mail of an address may see what is held for it.',
      { reloadable: true },
    ),
    link_minutes: option(z.int().min(5).max(120), 15, 'A mailed one-time link is good for so long.', {
      reloadable: true,
    }),
    invitation_hours: option(z.int().min(1).max(720), 72, 'The link of an invitation is good for so long.', {
      reloadable: true,
    }),
  },
)

export type SignInOptions = ValuesOf<typeof signInOptions>
