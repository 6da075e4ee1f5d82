/** Addresses of others (shared mailboxes, lists) that a user looks after, and how he gets them: by a code mailed to them. */
import { z } from 'zod'
import { type Route, v1 } from '../route.ts'
import { time } from '../schemas.ts'
import { locales } from '../user-schemas.ts'

const delegations = `${v1}/my/delegations` as const
const address = z.string().min(1).max(320)

const delegationsView = z
  .object({
    mayAsk: z.boolean().meta({ description: 'Whether one may ask for further ones here.' }),
    items: z.array(
      z.object({
        address: z.string(),
        byCode: z.boolean().meta({ description: 'It can be given back; others are told by somebody else.' }),
        since: time,
      }),
    ),
  })
  .meta({ id: 'MyDelegations' })

export const myDelegationRoutes = {
  showMyDelegations: {
    method: 'get',
    path: delegations,
    permission: 'user',
    summary: 'Addresses of others that the user looks after',
    answer: delegationsView,
    status: 200,
  },
  askForDelegation: {
    method: 'post',
    path: delegations,
    permission: 'user',
    summary: 'Have a code mailed to an address',
    description:
      'Only to addresses of the own domains; the answer is the same for every address. Who reads the mail of the address decides.',
    body: z.strictObject({
      address,
      language: z.enum(locales).optional().meta({ description: 'Of the letter, where the user has none.' }),
    }),
    status: 204,
  },
  useDelegationCode: {
    method: 'post',
    path: `${delegations}/use`,
    permission: 'user',
    summary: 'Enter the code: the user looks after that address from now on',
    description: 'It is good once, for the user who asked. A wrong one is answered 400 with the field code.',
    body: z.strictObject({ code: z.string().min(1).max(40) }),
    answer: z.object({ address: z.string() }).meta({ id: 'MyDelegation' }),
    status: 200,
  },
  giveDelegationBack: {
    method: 'delete',
    path: `${delegations}/{address}`,
    permission: 'user',
    summary: 'Look after an address no more',
    params: z.object({ address }),
    status: 204,
  },
} as const satisfies Record<string, Route<'user'>>
