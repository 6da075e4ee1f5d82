/**
 * The API of users as one table, as routes.ts is that of administrators: nothing of the one is on the listener of the
 * other. What a route does it does for the user of the session alone; another's message is not there.
 * Each has an entry in http/euq/testing/who-may.ts, which says who gets what.
 */
import { type AnswerFrom, type RequestTo, type Route, v1 } from '../route.ts'
import { idParams } from '../schemas.ts'
import { contentView, partParams, renderQuery } from '../viewing-schemas.ts'
import { myDelegationRoutes } from './delegation-routes.ts'
import { myDigestRoutes } from './digest-routes.ts'
import { myRequestRoutes } from './request-routes.ts'
import * as schemas from './schemas.ts'
import { mySenderRoutes } from './sender-routes.ts'

const my = `${v1}/my` as const

export const euqRoutes = {
  entrance: {
    method: 'get',
    path: `${my}/entrance`,
    permission: 'anyone',
    summary: 'What the sign-in page shows',
    answer: schemas.entrance,
    status: 200,
  },
  signIn: {
    method: 'post',
    path: `${my}/session`,
    permission: 'anyone',
    summary: 'Sign in',
    description: 'Answers with the cookie __Host-lazaret-euq.',
    body: schemas.signInBody,
    answer: schemas.sessionView,
    status: 200,
  },
  whoAmI: {
    method: 'get',
    path: `${my}/session`,
    permission: 'user',
    summary: 'Who am I, and whose mail do I see',
    answer: schemas.sessionView,
    status: 200,
  },
  signOut: {
    method: 'delete',
    path: `${my}/session`,
    permission: 'user',
    summary: 'Sign out',
    status: 204,
  },
  beginAtProvider: {
    method: 'post',
    path: `${my}/session/provider`,
    permission: 'anyone',
    summary: 'Begin to sign in at an OpenID provider',
    description:
      'The browser goes to the address in the answer, and comes back to /sign-in/provider with a query for the next step.',
    body: schemas.beginBody,
    answer: schemas.begun,
    status: 200,
  },
  finishAtProvider: {
    method: 'post',
    path: `${my}/session/provider/finish`,
    permission: 'anyone',
    summary: 'Sign in with what the provider sent the browser back with',
    description: 'In the browser that began, once, within some minutes.',
    body: schemas.finishBody,
    answer: schemas.sessionView,
    status: 200,
  },
  askForLink: {
    method: 'post',
    path: `${my}/session/link`,
    permission: 'anyone',
    summary: 'Have a one-time link mailed',
    description: 'The answer is the same whether the address is known or not.',
    body: schemas.linkBody,
    status: 204,
  },
  useLink: {
    method: 'post',
    path: `${my}/session/link/use`,
    permission: 'anyone',
    summary: 'Sign in with a mailed link',
    body: schemas.useLinkBody,
    answer: schemas.sessionView,
    status: 200,
  },
  acceptInvitation: {
    method: 'post',
    path: `${my}/invitation/use`,
    permission: 'anyone',
    summary: 'Take up an invitation by choosing a password',
    description: 'Signs in. A password that is no good leaves the link good.',
    body: schemas.acceptBody,
    answer: schemas.sessionView,
    status: 200,
  },
  changeOwnPassword: {
    method: 'post',
    path: `${my}/password`,
    permission: 'user',
    summary: 'Change the password that is kept here',
    description: 'Ends all other sessions. A wrong current password is answered 400 with the field current.',
    body: schemas.passwordBody,
    status: 204,
  },
  setPreferences: {
    method: 'patch',
    path: `${my}/preferences`,
    permission: 'user',
    summary: 'Change language, time zone, theme',
    body: schemas.preferencesChange,
    answer: schemas.preferences,
    status: 200,
  },
  findMyMessages: {
    method: 'get',
    path: `${my}/messages`,
    permission: 'user',
    summary: 'Held mail for the own addresses',
    query: schemas.messageQuery,
    answer: schemas.messagePage,
    status: 200,
  },
  showMyMessage: {
    method: 'get',
    path: `${my}/messages/{id}`,
    permission: 'user',
    summary: 'One message',
    params: idParams,
    answer: schemas.messageItem,
    status: 200,
  },
  readMyMessage: {
    method: 'get',
    path: `${my}/messages/{id}/content`,
    permission: 'user',
    summary: 'Its text, links and the names of its attachments',
    params: idParams,
    answer: contentView,
    status: 200,
  },
  renderMyMessage: {
    method: 'get',
    path: `${my}/messages/{id}/rendered`,
    permission: 'user',
    summary: 'It as a page without anything that acts or is loaded',
    params: idParams,
    query: renderQuery,
    status: 200,
    mediaType: 'text/html',
  },
  downloadMyPart: {
    method: 'get',
    path: `${my}/messages/{id}/parts/{part}`,
    permission: 'user',
    summary: 'One attachment, decoded',
    description: 'Where the area allows it (users_download_parts); never of malware. It is in the audit log.',
    params: partParams,
    status: 200,
    mediaType: 'application/octet-stream',
  },
  notSpam: {
    method: 'post',
    path: `${my}/messages/not-spam`,
    permission: 'user',
    summary: 'Release the own copies',
    description: 'Where the area allows it; never malware.',
    body: schemas.notSpamOrder,
    answer: schemas.orderResults,
    status: 200,
  },
  deleteMyMessages: {
    method: 'post',
    path: `${my}/messages/delete`,
    permission: 'user',
    summary: 'Delete the own copies; they can be taken back for some days',
    body: schemas.deleteOrder,
    answer: schemas.orderResults,
    status: 200,
  },
  restoreMyMessages: {
    method: 'post',
    path: `${my}/messages/restore`,
    permission: 'user',
    summary: 'Take back a deletion by a user',
    body: schemas.order,
    answer: schemas.orderResults,
    status: 200,
  },
  ...myDelegationRoutes,
  ...myDigestRoutes,
  ...mySenderRoutes,
  ...myRequestRoutes,
} as const satisfies Record<string, Route<'user'>>

export type EuqRoutes = typeof euqRoutes
export type EuqRouteName = keyof EuqRoutes
export type EuqRequest<N extends EuqRouteName> = RequestTo<EuqRoutes[N]>
export type EuqAnswer<N extends EuqRouteName> = AnswerFrom<EuqRoutes[N]>
