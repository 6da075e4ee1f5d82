/**
 * For every route of users: something to send, and what is answered to whom about which message. A route without an entry
 * does not compile; who-may.test.ts tries each entry as everybody, and sends each route what is forged, wrong and too much.
 *
 * A new route: one entry below. `open`: anyone may call it; what a stranger gets who sends `body`. `own`: it is about the
 * caller alone; what any user gets. `message`: it names a message in its path, or in its body by its id; the status for
 * each kind of message. `order`: its body has ids, its answer `results`; the result for each kind. What is written of
 * messages holds for the owner of the address and for a delegate; others get 404 or 'not-found' without being told why.
 * `params`: what stands in its path besides {id}. Whatever the entry says, whoever is no user gets 401.
 */
import { randomBytes } from 'node:crypto'
import type { EuqRouteName } from '../../../api/euq/routes.ts'

/** Messages, as the user sees them for whom they are. */
export const subjects = [
  /** Held for the user alone, and releasable. */
  'own',
  /** A copy of a message that another user has a copy of, too. */
  'shared',
  'anothers',
  /** By the user. */
  'deleted',
  'deletedByAdministrator',
  'malware',
  /** Of an area whose mail is released on request. */
  'onRequest',
  /** Of an area whose mail nobody releases. */
  'closed',
  /** Of an area whose attachments users may download, with one; and malware there. */
  'withFiles',
  'malwareWithFiles',
  /** Of an area that users do not see. */
  'hidden',
  'unknown',
] as const
export type Subject = (typeof subjects)[number]

export type Entry = { body?: unknown | ((id: string) => unknown); params?: Record<string, string> } & (
  | { open: number }
  | { own: number }
  | { message: Record<Subject, number> }
  | { order: Record<Subject, 'done' | 'refused' | 'not-found'> }
)

const ids = (id: string) => ({ ids: [id] })
const token = randomBytes(32).toString('base64url')

const nowhere = { anothers: 404, hidden: 404, unknown: 404 } as const
/** What can be seen is shown. */
const shown: Record<Subject, number> = {
  withFiles: 200,
  malwareWithFiles: 200,
  own: 200,
  shared: 200,
  deleted: 200,
  deletedByAdministrator: 200,
  malware: 200,
  onRequest: 200,
  closed: 200,
  ...nowhere,
}
/** Attachments of it: seen is not downloaded. */
const files: Record<Subject, number> = {
  own: 403,
  shared: 403,
  deleted: 403,
  deletedByAdministrator: 403,
  malware: 403,
  onRequest: 403,
  closed: 403,
  withFiles: 200,
  malwareWithFiles: 403,
  ...nowhere,
}
const notThere = { anothers: 'not-found', hidden: 'not-found', unknown: 'not-found' } as const

export const whoMay: Record<EuqRouteName, Entry> = {
  entrance: { open: 200 },
  signIn: { open: 401, body: { name: 'nobody@example.com', password: 'wrong' } },
  beginAtProvider: { open: 404, body: { provider: 0 } },
  finishAtProvider: { open: 400, body: { answer: '' } },
  /** Switched off here. */
  askForLink: { open: 404, body: { address: 'nobody@example.com' } },
  useLink: { open: 404, body: { token } },
  acceptInvitation: { open: 404, body: { token, password: 'x' } },
  whoAmI: { own: 200 },
  signOut: { own: 204 },
  changeOwnPassword: { own: 400, body: { current: 'wrong', password: 'x' } },
  setPreferences: { own: 200, body: {} },
  showMyDigest: { own: 200 },
  setMyDigest: { own: 200, body: { own: null } },
  showMyDelegations: { own: 200 },
  /** Switched off here. */
  askForDelegation: { own: 404, body: { address: 'sales@example.com' } },
  useDelegationCode: { own: 400, body: { code: 'ABCD-EFGH' } },
  giveDelegationBack: { own: 404, params: { address: 'sales@example.com' } },
  findMySenders: { own: 200 },
  addMySenders: { own: 200, body: { senders: ['someone@example.org'], kind: 'blocked' } },
  /** One that is nobody's; another user's is in senders.test.ts. */
  changeMySender: { own: 404, body: { kind: 'approved' } },
  removeMySender: { own: 404 },
  findMyMessages: { own: 200 },
  showMyMessage: { message: shown },
  readMyMessage: { message: shown },
  renderMyMessage: { message: shown },
  downloadMyPart: { params: { part: '1' }, message: files },
  notSpam: {
    body: ids,
    order: {
      own: 'done',
      shared: 'done',
      deleted: 'refused',
      deletedByAdministrator: 'refused',
      malware: 'refused',
      onRequest: 'refused',
      closed: 'refused',
      withFiles: 'done',
      malwareWithFiles: 'refused',
      ...notThere,
    },
  },
  deleteMyMessages: {
    body: ids,
    order: {
      own: 'done',
      shared: 'done',
      deleted: 'refused',
      deletedByAdministrator: 'refused',
      malware: 'done',
      onRequest: 'done',
      closed: 'done',
      withFiles: 'done',
      malwareWithFiles: 'done',
      ...notThere,
    },
  },
  restoreMyMessages: {
    body: ids,
    order: {
      own: 'refused',
      shared: 'refused',
      deleted: 'done',
      deletedByAdministrator: 'refused',
      malware: 'refused',
      onRequest: 'refused',
      closed: 'refused',
      withFiles: 'refused',
      malwareWithFiles: 'refused',
      ...notThere,
    },
  },
  askForRelease: {
    body: ids,
    order: {
      // They may be released by oneself.
      own: 'refused',
      shared: 'refused',
      deleted: 'refused',
      deletedByAdministrator: 'refused',
      malware: 'refused',
      onRequest: 'done',
      closed: 'refused',
      withFiles: 'refused',
      malwareWithFiles: 'refused',
      ...notThere,
    },
  },
  /** Of what somebody else asked for; one's own is in requests.test.ts. */
  withdrawRequest: {
    body: ids,
    order: {
      own: 'refused',
      shared: 'refused',
      deleted: 'refused',
      deletedByAdministrator: 'refused',
      malware: 'refused',
      onRequest: 'refused',
      closed: 'refused',
      withFiles: 'refused',
      malwareWithFiles: 'refused',
      ...notThere,
    },
  },
}
