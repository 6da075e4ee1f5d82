/** Requests for release: users ask, and somebody decides. */
import * as requests from '../request-schemas.ts'
import { type Route, v1 } from '../route.ts'

export const requestsRoutes = {
  listRequests: {
    method: 'get',
    path: `${v1}/requests`,
    permission: 'request.view',
    summary: 'Requests for release, with the messages that are asked for',
    query: requests.requestQuery,
    answer: requests.requestPage,
    status: 200,
  },
  countRequests: {
    method: 'get',
    path: `${v1}/requests/count`,
    permission: 'request.view',
    summary: 'How many requests are open',
    answer: requests.requestCount,
    status: 200,
  },
  decideRequests: {
    method: 'post',
    path: `${v1}/requests/decide`,
    permission: 'request.decide',
    summary: 'Approve or deny requests',
    description:
      "Approving releases that recipient's copy in the same transaction. A request is decided once: who comes second is told who was first. From which areas one may release holds for this as well; a reviewer decides where an operator may release.",
    body: requests.decisionOrder,
    answer: requests.decisionResults,
    status: 200,
  },
} as const satisfies Record<string, Route>
