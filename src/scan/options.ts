/** The `[scan]` section: how long scanners may take, whose verdict headers count, and what they are called. */
import { z } from 'zod'
import { option, section } from '../options.ts'
import { networkError } from './peers.ts'

const network = z.string().superRefine((value, check) => {
  const error = networkError(value)
  if (error !== null) check.addIssue({ code: 'custom', message: error })
})
const fieldName = z
  .string()
  .max(100)
  .regex(
    /^[\x21-\x39\x3b-\x7e]+$/,
    'a header field name has no blanks and no colon: write X-Spam-Flag, for instance',
  )
const fieldNames = z.array(fieldName).max(20)

export const scanOptions = section('scan', 'Scanners: what others think of a mail before policy decides.', {
  deadline_ms: option(
    z.int().min(100).max(120_000),
    10_000,
    'All scanners together have this long for one mail, in milliseconds. One that is late counts as failed.',
    { reloadable: true },
  ),
  on_failure: option(
    z.enum(['hold', 'defer']),
    'hold',
    'What a failed scanner means for mail that would pass otherwise: `hold` puts it into the area for unscanned\n' +
      'mail, `defer` answers 451 so that the sender tries again. It never passes as clean.',
    { reloadable: true },
  ),
  trusted_peers: option(
    z.array(network).max(1_000),
    ['127.0.0.0/8', '::1'],
    'Hosts whose verdict headers and Authentication-Results are believed: addresses or networks of your own mail\n' +
      'servers and filters. From everybody else these headers have no effect.',
    { reloadable: true },
  ),
  spam_flag_headers: option(
    fieldNames,
    ['X-Spam-Flag', 'X-Spam'],
    'Header fields in which an upstream filter says YES when a mail is spam.',
    { reloadable: true },
  ),
  spam_status_headers: option(
    fieldNames,
    ['X-Spam-Status'],
    'Header fields with SpamAssassin’s summary: `Yes, score=7.1 required=5.0 tests=…`.',
    { reloadable: true },
  ),
  spam_score_headers: option(fieldNames, ['X-Spam-Score'], 'Header fields with the spam score as a number.', {
    reloadable: true,
  }),
  spam_level_headers: option(
    fieldNames,
    ['X-Spam-Level', 'X-Spam-Bar'],
    'Header fields with the spam score as so many asterisks or plus signs.',
    { reloadable: true },
  ),
  rspamd_result_headers: option(
    fieldNames,
    ['X-Spamd-Result', 'X-Rspamd-Result'],
    'Header fields with Rspamd’s score and symbols: `default: False [7.1 / 15.0]; BAYES_SPAM(5.1)[…]; …`.',
    { reloadable: true },
  ),
  rspamd_action_headers: option(
    fieldNames,
    ['X-Rspamd-Action'],
    'Header fields with the action that Rspamd chose: `add header`, `reject` …',
    { reloadable: true },
  ),
  rspamd_score_headers: option(
    fieldNames,
    ['X-Rspamd-Score'],
    'Header fields with Rspamd’s score as a number.',
    {
      reloadable: true,
    },
  ),
  virus_headers: option(
    fieldNames,
    ['X-Virus-Status', 'X-Virus', 'X-Amavis-Alert'],
    'Header fields in which an upstream virus scanner names what it found.',
    { reloadable: true },
  ),
  virus_scanned_headers: option(
    fieldNames,
    ['X-Virus-Scanned'],
    'Header fields that only say that a virus scanner has looked at the mail.',
    { reloadable: true },
  ),
  authentication_headers: option(
    fieldNames,
    ['Authentication-Results'],
    'Header fields with the outcome of SPF, DKIM and DMARC (RFC 8601), shown with held mail.',
    { reloadable: true },
  ),
  authentication_servers: option(
    z.array(z.string().min(1).max(255)).max(100),
    [],
    'Names (authserv-id) under which your own servers write Authentication-Results. When empty, those count that\n' +
      'bear the same name as the topmost one.',
    { reloadable: true },
  ),
})
