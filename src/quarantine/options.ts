/** What can be set about how long things are kept. Each area has its own keep_days, declared with the areas. */
import { z } from 'zod'
import { option, section } from '../options.ts'

const days = z.number().min(0).max(36_500)

export const retentionOptions = section(
  'retention',
  'How long mail and its records are kept. How long an area keeps its mail is set with the area.',
  {
    interval_minutes: option(
      z.number().min(1).max(1440),
      10,
      'Minutes between two rounds of housekeeping. A round works in small batches, so mail goes on coming in.',
    ),
    trash_days: option(
      days,
      7,
      'Days that deleted mail can be restored; after that its content is removed for good.',
      { reloadable: true },
    ),
    failed_keep_days: option(
      days,
      7,
      'Days that mail whose release failed is kept at least, so that somebody can see it and release it again,\neven when its area would have dropped it by then.',
      { reloadable: true },
    ),
    records_days: option(
      days,
      90,
      'Days that the record of a message (envelope, subject, what became of it) outlives its content. The audit log is not touched.',
      { reloadable: true },
    ),
    unknown_area_keep_days: option(
      days,
      365,
      'Days that mail is kept whose area is not in the configuration any more.',
      { reloadable: true },
    ),
    purge_share_max_percent: option(
      z.number().min(1).max(100),
      50,
      'Safety stop: when more than this share of an area with over 1,000 messages would expire in one round (a wrong clock,\na mistyped keep_days), nothing of it is removed and the log says so. Set 100 to confirm that it is meant.',
      { reloadable: true },
    ),
  },
)
