/**
 * The REST API as one table: name, method, path, who may, what goes in and what comes out. The server mounts it, OpenAPI
 * is made from it, the client is typed by it, and a test calls every route as everybody. Paths and names are fixed:
 * scripts depend on them.
 */
import type { z } from 'zod'
import type { Permission } from '../access/roles.ts'
import * as access from './access-schemas.ts'
import * as schemas from './schemas.ts'
import * as system from './system-schemas.ts'

export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: `/${string}`
  /** `anyone`: without a session or key. */
  permission: Permission | 'anyone'
  summary: string
  /** Beyond the summary: what is particular, in Markdown-free sentences. */
  description?: string
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  /** JSON answer; none for 204 and for other media types. */
  answer?: z.ZodType
  status: 200 | 201 | 204
  mediaType?: string
}

const v1 = '/api/v1'

export const routes = {
  signIn: {
    method: 'post',
    path: `${v1}/session`,
    permission: 'anyone',
    summary: 'Sign in',
    description:
      'Answers with the cookie __Host-lazaret. With it, requests that change something must come from this origin (Origin or Sec-Fetch-Site).',
    body: access.signInBody,
    answer: access.sessionView,
    status: 200,
  },
  whoAmI: {
    method: 'get',
    path: `${v1}/session`,
    permission: 'session.own',
    summary: 'Who am I',
    answer: access.sessionView,
    status: 200,
  },
  signOut: {
    method: 'delete',
    path: `${v1}/session`,
    permission: 'session.own',
    summary: 'Sign out',
    status: 204,
  },
  changeOwnPassword: {
    method: 'post',
    path: `${v1}/session/password`,
    permission: 'session.own',
    summary: 'Change the own password',
    description: 'Ends all other sessions of the account.',
    body: access.ownPasswordBody,
    status: 204,
  },
  findMessages: {
    method: 'get',
    path: `${v1}/messages`,
    permission: 'message.find',
    summary: 'Find messages',
    description: 'All criteria must hold. An empty value is no criterion.',
    query: schemas.messageQuery,
    answer: schemas.messagePage,
    status: 200,
  },
  showMessage: {
    method: 'get',
    path: `${v1}/messages/{id}`,
    permission: 'message.view',
    summary: 'Everything about one message',
    description: 'The look is noted in the audit log, once a minute for each actor and message.',
    params: schemas.idParams,
    answer: schemas.messageDetail,
    status: 200,
  },
  downloadMessage: {
    method: 'get',
    path: `${v1}/messages/{id}/raw`,
    permission: 'message.download',
    summary: 'The exact bytes of a message',
    description: 'Each download is noted in the audit log before the first byte leaves.',
    params: schemas.idParams,
    status: 200,
    mediaType: 'message/rfc822',
  },
  releaseMessages: {
    method: 'post',
    path: `${v1}/messages/release`,
    permission: 'message.release',
    summary: 'Release messages to their recipients',
    description:
      'To all envelope recipients whose copy is held, or to chosen ones. Each id has its own result.',
    body: schemas.releaseOrder,
    answer: schemas.orderResults,
    status: 200,
  },
  deleteMessages: {
    method: 'post',
    path: `${v1}/messages/delete`,
    permission: 'message.delete',
    summary: 'Delete messages',
    description: 'Can be undone with restore until the area lets them expire.',
    body: schemas.idsOrder,
    answer: schemas.orderResults,
    status: 200,
  },
  restoreMessages: {
    method: 'post',
    path: `${v1}/messages/restore`,
    permission: 'message.restore',
    summary: 'Undo the deletion of messages',
    body: schemas.idsOrder,
    answer: schemas.orderResults,
    status: 200,
  },
  listDeliveries: {
    method: 'get',
    path: `${v1}/deliveries`,
    permission: 'delivery.view',
    summary: 'Deliveries of released mail',
    description: 'Due ones in the order in which they will be tried, others the newest first.',
    query: schemas.deliveryQuery,
    answer: schemas.deliveryPage,
    status: 200,
  },
  retryDeliveries: {
    method: 'post',
    path: `${v1}/deliveries/retry`,
    permission: 'delivery.change',
    summary: 'Try due deliveries now',
    body: schemas.idsOrder,
    answer: schemas.deliveryResults,
    status: 200,
  },
  cancelDeliveries: {
    method: 'post',
    path: `${v1}/deliveries/cancel`,
    permission: 'delivery.change',
    summary: 'Give up due deliveries',
    description: "The recipients' copies are held again.",
    body: schemas.idsOrder,
    answer: schemas.deliveryResults,
    status: 200,
  },
  listAreas: {
    method: 'get',
    path: `${v1}/areas`,
    permission: 'area.view',
    summary: 'Quarantine areas',
    answer: system.areaList,
    status: 200,
  },
  showStatus: {
    method: 'get',
    path: `${v1}/status`,
    permission: 'status.view',
    summary: 'State of the store and of deliveries',
    answer: system.statusView,
    status: 200,
  },
  listAudit: {
    method: 'get',
    path: `${v1}/audit`,
    permission: 'audit.view',
    summary: 'The audit log, the newest first',
    query: system.auditQuery,
    answer: system.auditPage,
    status: 200,
  },
  verifyAudit: {
    method: 'get',
    path: `${v1}/audit/verify`,
    permission: 'audit.view',
    summary: 'Check the hash chain of the audit log',
    answer: system.auditReport,
    status: 200,
  },
  listAccounts: {
    method: 'get',
    path: `${v1}/accounts`,
    permission: 'account.manage',
    summary: 'Accounts',
    answer: access.accountList,
    status: 200,
  },
  createAccount: {
    method: 'post',
    path: `${v1}/accounts`,
    permission: 'account.manage',
    summary: 'Create an account',
    body: access.newAccount,
    answer: access.accountView,
    status: 201,
  },
  changeAccount: {
    method: 'patch',
    path: `${v1}/accounts/{name}`,
    permission: 'account.manage',
    summary: 'Change role or password of an account, disable or enable it',
    description: 'A new password or disabling ends its sessions; the keys of a disabled account do not work.',
    params: access.accountParams,
    body: access.accountChange,
    answer: access.accountView,
    status: 200,
  },
  listKeys: {
    method: 'get',
    path: `${v1}/keys`,
    permission: 'key.own',
    summary: 'API keys',
    description: 'The own ones; an administrator may ask for all.',
    query: access.keyQuery,
    answer: access.keyList,
    status: 200,
  },
  createKey: {
    method: 'post',
    path: `${v1}/keys`,
    permission: 'key.own',
    summary: 'Create an API key',
    description:
      'The key is in this answer and nowhere else. Made with a key that has an end, it ends no later.',
    body: access.newKey,
    answer: access.createdKey,
    status: 201,
  },
  revokeKey: {
    method: 'delete',
    path: `${v1}/keys/{id}`,
    permission: 'key.own',
    summary: 'Revoke an API key',
    description: 'An own one; an administrator any. With a key only such as may do no more than it.',
    params: schemas.idParams,
    status: 204,
  },
} as const satisfies Record<string, Route>

export type Routes = typeof routes
export type RouteName = keyof Routes

type Given<R, K extends string> = R extends { [P in K]: infer S extends z.ZodType } ? S : never
type Part<K extends string, S extends z.ZodType> = [S] extends [never]
  ? unknown
  : object extends z.input<S>
    ? { [P in K]?: z.input<S> }
    : { [P in K]: z.input<S> }

/** What a caller gives: params, query and body, as far as the route has them. */
export type InputOf<N extends RouteName> = Part<'params', Given<Routes[N], 'params'>> &
  Part<'query', Given<Routes[N], 'query'>> &
  Part<'body', Given<Routes[N], 'body'>>

/** What a handler gets, after the checks. */
export interface RequestOf<N extends RouteName> {
  params: [Given<Routes[N], 'params'>] extends [never] ? undefined : z.output<Given<Routes[N], 'params'>>
  query: [Given<Routes[N], 'query'>] extends [never] ? undefined : z.output<Given<Routes[N], 'query'>>
  body: [Given<Routes[N], 'body'>] extends [never] ? undefined : z.output<Given<Routes[N], 'body'>>
}

export type AnswerOf<N extends RouteName> = [Given<Routes[N], 'answer'>] extends [never]
  ? undefined
  : z.output<Given<Routes[N], 'answer'>>
