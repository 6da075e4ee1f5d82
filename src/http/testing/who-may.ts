/**
 * For tests: what every admin route does for whom, about what is of the domain of a domain administrator, about what is
 * shared between it and another, and about what is another's. A route without a line here does not compile.
 */
import type { RouteName } from '../../api/routes.ts'
import type { Role } from '../../store/schema.ts'

/** Whose a thing is, seen from the domain administrator. */
export const sides = ['own', 'shared', 'others'] as const
export type Side = (typeof sides)[number]

/** Who is for all mail, in the order of the lines below. */
export const unrestricted = ['auditor', 'operator', 'administrator'] as const satisfies readonly Role[]

/** Ids of what there is on one side. */
export interface Things {
  message: string
  /** Its whole subject. */
  subject: string
  delivery: string
  /** For another message. */
  request: string
  job: string
  user: string
  key: string
  search: string
  /** In the domain of that side; there is nobody with it yet. */
  address: string
  now: string
}

// biome-ignore lint/suspicious/noExplicitAny: whatever came
type Body = any

export interface Entry {
  /** Of each of the unrestricted; one line for all sides, or one for each. */
  all: string | readonly [string, string, string]
  /** Of the domain administrator, for own, shared and others'. */
  domain: string
  /** Of a reviewer; 403 by default. */
  reviewer?: string
  /** What stands in `all`, `domain` and `reviewer`, where something came; a status by default. */
  told?: (answer: Body, things: Things, text: string) => string
  id?: keyof Things
  query?: (things: Things) => string
  body?: (things: Things) => unknown
  /** It changes what it is about: everybody gets new things. */
  changes?: true
}

const result = (answer: Body): string => answer.results[0].result
const messages = (answer: Body): string => String(answer.messages)
const shows =
  (thing: keyof Things): NonNullable<Entry['told']> =>
  (_answer, things, text) =>
    text.includes(things[thing]) ? 'shown' : 'hidden'

const everybody = { all: '200 200 200', domain: '200 200 200', reviewer: '200' }
/** But not reviewers. */
const most = { all: '200 200 200', domain: '200 200 200' }
/** A key is no session. */
const session = { all: '400 400 400', domain: '400 400 400', reviewer: '400' }
const administrators = (status: string) => ({ all: `403 403 ${status}`, domain: '403 403 403' })
const message = { all: '200 200 200', domain: '200 200 404', id: 'message' } as const
/** Reviewers see what was asked for; this was not. */
const unasked = { ...message, reviewer: '404' } as const
const job = { all: '200 200 200', domain: '200 200 404', id: 'job' } as const
const user = { all: '200 200 200', domain: '200 200 404', id: 'user' } as const
/** Somebody with addresses elsewhere is looked at only. */
const changeOfUser = (status: string) =>
  ({ all: `403 403 ${status}`, domain: `${status} 403 404`, id: 'user', changes: true }) as const
const order = (done: string) =>
  ({
    all: `403 ${done} ${done}`,
    domain: `${done} ${done} not-found`,
    told: result,
    body: ({ message: id }: Things) => ({ ids: [id] }),
    changes: true,
  }) as const

export const whoMay: Record<RouteName, Entry> = {
  signIn: {
    ...session,
    all: '401 401 401',
    domain: '401 401 401',
    reviewer: '401',
    body: () => ({ name: 'x', password: 'y' }),
  },
  whoAmI: everybody,
  signOut: session,
  changeOwnPassword: { ...session, body: () => ({ current: 'x', password: 'y' }) },
  setPreferences: { ...everybody, body: () => ({ theme: 'dark' }) },
  beginSecondFactor: { ...session, body: () => ({ password: 'x' }) },
  confirmSecondFactor: { ...session, body: () => ({ code: '000000' }) },
  renewRecoveryCodes: { ...session, body: () => ({ password: 'x', code: '000000' }) },
  endSecondFactor: { ...session, body: () => ({ password: 'x', code: '000000' }) },
  // What others share tells whose mail they look for.
  listSearches: {
    all: ['hidden hidden hidden', 'hidden hidden hidden', 'shown shown shown'],
    domain: 'shown shown hidden',
    told: shows('search'),
  },
  saveSearch: {
    all: '201 201 201',
    domain: '403 403 403',
    body: () => ({ name: 'mine', query: '', shared: true }),
  },
  dropSearch: {
    all: ['404 404 404', '404 404 404', '404 404 204'],
    domain: '204 204 404',
    id: 'search',
    changes: true,
  },

  findMessages: {
    all: 'shown shown shown',
    domain: 'shown shown hidden',
    told: shows('message'),
  },
  exportMessages: {
    all: 'shown shown shown',
    domain: 'shown shown hidden',
    told: shows('message'),
  },
  showMessage: unasked,
  downloadMessage: message,
  readMessage: unasked,
  renderMessage: unasked,
  readSource: unasked,
  downloadPart: { ...message, query: () => '?confirmVirus=false' },
  listCriteria: most,
  releaseMessages: order('released'),
  deleteMessages: order('done'),
  // None of it is deleted.
  restoreMessages: { ...order('refused') },

  previewJob: {
    all: '403 1 1',
    domain: '1 1 0',
    told: messages,
    body: ({ subject }) => ({ action: 'delete', criteria: { subject } }),
  },
  startJob: {
    all: '403 1 1',
    domain: '1 1 0',
    told: messages,
    body: ({ subject, now }) => ({ action: 'delete', criteria: { subject }, asOf: now, messages: 1 }),
    changes: true,
  },
  listJobs: { all: 'shown shown shown', domain: 'shown shown hidden', told: shows('job') },
  showJob: job,
  listJobItems: job,
  stopJob: { ...job, all: '403 200 200', changes: true },

  listRequests: {
    all: 'shown shown shown',
    domain: 'shown shown hidden',
    reviewer: 'shown',
    told: shows('request'),
  },
  countRequests: everybody,
  decideRequests: {
    ...order('done'),
    reviewer: 'done',
    id: 'request',
    body: ({ request }) => ({ ids: [request], decision: 'approve' }),
  },

  listDeliveries: { all: 'shown shown shown', domain: 'shown shown hidden', told: shows('delivery') },
  showDelivery: { all: '200 200 200', domain: '200 200 404', id: 'delivery' },
  retryDeliveries: { ...order('done'), id: 'delivery', body: ({ delivery }) => ({ ids: [delivery] }) },
  cancelDeliveries: { ...order('done'), id: 'delivery', body: ({ delivery }) => ({ ids: [delivery] }) },

  listAreas: most,
  showStatus: { ...most, domain: '403 403 403' },
  showOverview: { ...most, domain: '403 403 403' },
  listen: everybody,
  listAudit: { all: '200 403 200', domain: '403 403 403' },
  verifyAudit: { all: '200 403 200', domain: '403 403 403' },
  exportAudit: { all: '200 403 200', domain: '403 403 403' },

  listAccounts: administrators('200'),
  createAccount: {
    ...administrators('201'),
    body: ({ address }) => ({ name: address, role: 'auditor', password: 'long enough for an account' }),
    changes: true,
  },
  changeAccount: { ...administrators('404'), body: () => ({ disabled: true }) },
  listKeys: {
    all: ['hidden hidden hidden', 'hidden hidden hidden', 'hidden hidden shown'],
    domain: 'shown shown hidden',
    reviewer: 'hidden',
    told: shows('key'),
  },
  createKey: {
    all: '201 201 201',
    domain: '201 201 201',
    reviewer: '201',
    body: () => ({ name: 'x', role: 'auditor' }),
  },
  revokeKey: {
    all: '404 404 204',
    domain: '204 204 404',
    reviewer: '404',
    id: 'key',
    changes: true,
  },

  listUsers: { all: 'shown shown shown', domain: 'shown shown hidden', told: shows('user') },
  inviteUser: {
    all: '403 403 201',
    domain: '201 201 400',
    body: ({ address }) => ({ name: address }),
    changes: true,
  },
  showUser: user,
  changeUser: { ...changeOfUser('200'), body: () => ({ disabled: true }) },
  inviteUserAgain: { ...changeOfUser('201'), body: () => ({}) },
  listUserSessions: changeOfUser('200'),
  endUserSessions: changeOfUser('204'),
  /** Nobody looks after that address. */
  endDelegation: { all: '403 403 404', domain: '404 404 404', id: 'user', changes: true },
  findUserSenders: { ...user, domain: '200 403 404' },
  /** There is none. */
  removeUserSender: { ...changeOfUser('404'), domain: '404 403 404' },
  showDigests: { ...most, domain: '403 403 403' },
  listDigests: { ...most, domain: '403 403 403' },
  showUserDigest: { ...most, domain: '403 403 403', id: 'user' },
  renderDigest: changeOfUser('200'),
  previewDigest: changeOfUser('200'),
  sendDigest: { ...changeOfUser('200'), body: () => ({}) },
}
