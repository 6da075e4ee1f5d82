/** When a user gets digests of held mail: as the organisation has them, or otherwise. */
import { z } from 'zod'
import { languages, scheduleSchema } from '../../digest/schedule.ts'
import { type Route, v1 } from '../route.ts'
import { time } from '../schemas.ts'

const schedule = scheduleSchema.meta({
  description: 'times such as 07:00, by the clocks of the own time zone; no days: no digests.',
})

const digestView = z
  .object({
    isOn: z.boolean().meta({ description: 'Whether digests are sent here at all.' }),
    usual: schedule.meta({ description: 'What holds for whoever has chosen nothing else.' }),
    own: schedule.nullable().meta({ description: 'Null: as usual.' }),
    timeZone: z
      .string()
      .meta({ description: 'By whose clocks: the own one, else that of the configuration.' }),
    language: z.enum(languages).meta({ description: 'In which they are written.' }),
    nextAt: time.nullable().meta({ description: 'When the next one is due; null: none is.' }),
    sentAt: time.nullable().meta({ description: 'When the last one was sent.' }),
  })
  .meta({ id: 'MyDigest' })

export const myDigestRoutes = {
  showMyDigest: {
    method: 'get',
    path: `${v1}/my/digest`,
    permission: 'user',
    summary: 'When digests come',
    answer: digestView,
    status: 200,
  },
  setMyDigest: {
    method: 'patch',
    path: `${v1}/my/digest`,
    permission: 'user',
    summary: 'Choose when digests come, or that none do',
    body: z.strictObject({ own: schedule.nullable() }),
    answer: digestView,
    status: 200,
  },
} as const satisfies Record<string, Route<'user'>>
