/** The manual of the tables [[areas]] and [[rules]], for the example file; their checks are in policy/. */
const joined = (...lines: string[]): string => lines.join('\n')

export const areasDoc = joined(
  'Quarantine areas: where held mail lies. The first [[areas]] of your own replaces all of these.',
  'name; description; keep_days: days until held mail expires;',
  'releasable_by: administrator, operator, recipient or nobody (those above may too);',
  'visible_to_users: they see their own copies; in_digest: which digests list; users_download_parts: of which they may',
  'download attachments (never of malware).',
)

export const rulesDoc = joined(
  "Rules, in order: the first that matches a recipient's copy decides about it. What no rule matches is delivered.",
  'The first [[rules]] of your own replaces all of these.',
  'who = { senders, recipients (envelope addresses; "<>" is the null sender), clients (addresses of hosts),',
  '  direction ("in", "out" or "any"; needs own_domains in [policy]) }',
  'when = { results (clean, suspect, bulk, spam, phishing, malware, failed), scanners (which of them count),',
  '  score_at_least, symptoms, attachment_names, attachment_extensions ("exe"), attachment_types (MIME),',
  '  size_over_kb, recipients_over, ambiguities, headers ("Subject: *invoice*") }',
  'Of several keys all must hold, of a list any one; * in a pattern stands for anything.',
  'disposition: deliver, quarantine, reject or defer. area: where held copies go; needed for reject too.',
  'reason, when the conditions do not say it: malware, phishing, spam, bulk, spoofing, attachment, encrypted,',
  '  content, policy, oversize, sender, authentication, unscanned. enabled: true or false.',
)
