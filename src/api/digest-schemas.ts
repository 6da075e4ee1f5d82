/** Digests as administrators see them. Shapes and words as in schemas.ts. */
import { z } from 'zod'

const everything = z
  .boolean()
  .meta({ description: 'All that is held of the last 31 days, not only what is new.' })

export const previewQuery = z.strictObject({
  everything: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'All that is held of the last 31 days, not only what is new.' }),
})
export const digestPreview = z
  .object({
    isEmpty: z.boolean().meta({ description: 'Nothing is new: nothing would be sent.' }),
    subject: z.string(),
    text: z.string(),
    html: z.string(),
  })
  .meta({ id: 'DigestPreview' })

export const sendBody = z.strictObject({ everything: everything.default(false) })
export const digestSent = z
  .object({ isSent: z.boolean().meta({ description: 'False: nothing is new.' }) })
  .meta({ id: 'DigestSent' })

export const digestStatus = z
  .object({
    isOn: z.boolean(),
    waiting: z.int().meta({ description: 'Digests that are on their way to the next hop.' }),
    sent: z.int().meta({ description: 'As long as post.keep_days keeps that on record.' }),
    failed: z.int(),
    linksOpened: z.int().meta({ description: 'Links that were opened and have not expired yet.' }),
    linksUsed: z.int().meta({ description: 'In which the button was pressed.' }),
    linksOpenedByRobots: z
      .int()
      .meta({ description: 'Opened at least twice, and the button was never pressed.' }),
  })
  .meta({ id: 'DigestStatus' })
