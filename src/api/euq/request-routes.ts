/** Requests for release of what a user may not release himself: asking, taking back, and what became of it. */
import { note } from '../request-schemas.ts'
import { type Route, v1 } from '../route.ts'
import { order, orderResults } from './schemas.ts'

export const myRequestRoutes = {
  askForRelease: {
    method: 'post',
    path: `${v1}/my/messages/request`,
    permission: 'user',
    summary: 'Ask administrators to release the own copies',
    description: 'Where users do not release themselves, and the area is not closed; never malware.',
    body: order.extend({ note: note.default('').meta({ description: 'Why; administrators read it.' }) }),
    answer: orderResults,
    status: 200,
  },
  withdrawRequest: {
    method: 'post',
    path: `${v1}/my/messages/request/withdraw`,
    permission: 'user',
    summary: 'Take back what the user has asked for',
    body: order,
    answer: orderResults,
    status: 200,
  },
} as const satisfies Record<string, Route<'user'>>
