/** The `[policy]` section: what rules need to know of the place. The rules and areas are tables of their own. */
import { z } from 'zod'
import { option, section } from '../options.ts'

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
  },
)
