/** The `[policy]` section: what rules need to know of the place. The rules and areas are tables of their own. */
import { z } from 'zod'
import { option, section } from '../options.ts'
import { approvals } from './senders.ts'

export const policyOptions = section(
  'policy',
  'What is decided about mail; see also the [[areas]] and [[rules]] tables.',
  {
    own_domains: option(
      z.array(z.string().trim().min(1).max(253)).max(10_000),
      [],
      'Your own mail domains: rules may ask for mail coming in or going out. `*.example.com` means all below it.',
      { reloadable: true },
    ),
    unscanned_area: option(
      z.string().trim().min(1).max(60),
      'Unscanned',
      'The area for mail that could not be scanned (see on_failure in [scan]).',
      { reloadable: true },
    ),
    approved_senders: option(
      z.enum(approvals),
      'unless-failed',
      'When the senders whom users have approved count, for holds as spam that the user could release:\n"unless-failed": unless Authentication-Results of trusted hosts (section [scan]) say that SPF, DKIM or DMARC failed;\n"when-passed": only if one of them passed for the domain of the sender; "never".',
      { reloadable: true },
    ),
    blocked_area: option(
      z.string().trim().max(60),
      '',
      'The area for mail of senders whom users have blocked. Empty: the first from which users release their own mail.',
      { reloadable: true },
    ),
  },
)
