/** Digests: how they fare, what a user would get now, and sending it by hand. */
import * as digests from '../digest-schemas.ts'
import { type Route, v1 } from '../route.ts'
import { idParams } from '../schemas.ts'

export const digestsRoutes = {
  showDigests: {
    method: 'get',
    path: `${v1}/digests`,
    permission: 'status.view',
    summary: 'How digests fare, and how their links are used',
    answer: digests.digestStatus,
    status: 200,
  },
  listDigests: {
    method: 'get',
    path: `${v1}/digests/users`,
    permission: 'status.view',
    summary: 'Users with the schedules of their digests, in the order of their names',
    query: digests.digestUserQuery,
    answer: digests.digestUserPage,
    status: 200,
  },
  showUserDigest: {
    method: 'get',
    path: `${v1}/users/{id}/digest/schedule`,
    permission: 'status.view',
    summary: 'When a user gets digests',
    params: idParams,
    answer: digests.userDigest,
    status: 200,
  },
  renderDigest: {
    method: 'get',
    path: `${v1}/users/{id}/digest/rendered`,
    permission: 'user.manage',
    summary: 'The HTML of the digest that a user would get now, for a frame',
    description: 'Nothing is sent, and its links lead nowhere.',
    params: idParams,
    query: digests.previewQuery,
    status: 200,
    mediaType: 'text/html',
  },
  previewDigest: {
    method: 'get',
    path: `${v1}/users/{id}/digest`,
    permission: 'user.manage',
    summary: 'The digest that a user would get now',
    description: 'Nothing is sent, and its links lead nowhere.',
    params: idParams,
    query: digests.previewQuery,
    answer: digests.digestPreview,
    status: 200,
  },
  sendDigest: {
    method: 'post',
    path: `${v1}/users/{id}/digest`,
    permission: 'user.manage',
    summary: 'Send a user the digest now',
    description: 'What it lists is not new any more: the next one of the schedule does not list it again.',
    params: idParams,
    body: digests.sendBody,
    answer: digests.digestSent,
    status: 200,
  },
} as const satisfies Record<string, Route>
