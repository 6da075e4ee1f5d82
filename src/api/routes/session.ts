/** Signing in, and what belongs to the one who is signed in. */
import * as access from '../access-schemas.ts'
import { type Route, v1 } from '../route.ts'
import * as schemas from '../schemas.ts'

export const sessionRoutes = {
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
    description:
      'Ends all other sessions of the account. Until a first password is changed, its sessions may do nothing but what belongs to themselves. A wrong current password is answered 400 with the field current.',
    body: access.ownPasswordBody,
    status: 204,
  },
  setPreferences: {
    method: 'patch',
    path: `${v1}/session/preferences`,
    permission: 'session.own',
    summary: 'Change how the consoles look to you',
    description: 'What is not given stays as it is.',
    body: access.preferencesChange,
    answer: access.preferences,
    status: 200,
  },
  beginSecondFactor: {
    method: 'post',
    path: `${v1}/session/second-factor/begin`,
    permission: 'session.own',
    summary: 'Begin to set up a second factor',
    description:
      'Answers with a new secret for an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 s). It counts once a code of it was confirmed, within an hour. 409 while one is on: turn it off first.',
    body: access.passwordBody,
    answer: access.secondFactorBegun,
    status: 200,
  },
  confirmSecondFactor: {
    method: 'post',
    path: `${v1}/session/second-factor`,
    permission: 'session.own',
    summary: 'Turn the second factor on',
    description:
      'With a code of the secret begun with. Answers with recovery codes, each good once, shown this once.',
    body: access.codeBody,
    answer: access.recoveryCodes,
    status: 200,
  },
  renewRecoveryCodes: {
    method: 'post',
    path: `${v1}/session/second-factor/recovery-codes`,
    permission: 'session.own',
    summary: 'Make new recovery codes',
    description: 'Ten, each good once, shown this once. The old ones are good no longer.',
    body: access.passwordAndCodeBody,
    answer: access.recoveryCodes,
    status: 200,
  },
  endSecondFactor: {
    method: 'post',
    path: `${v1}/session/second-factor/off`,
    permission: 'session.own',
    summary: 'Turn the second factor off',
    description: 'With the password and a code, of the app or a recovery code.',
    body: access.passwordAndCodeBody,
    status: 204,
  },
  listSearches: {
    method: 'get',
    path: `${v1}/searches`,
    permission: 'message.find',
    summary: 'Saved searches',
    description: 'The own ones and those that others share, by name.',
    answer: access.searchList,
    status: 200,
  },
  saveSearch: {
    method: 'post',
    path: `${v1}/searches`,
    permission: 'message.find',
    summary: 'Save a search',
    description:
      'An own one of the same name, whatever its case, is replaced and keeps its id. At most 100 an account.',
    body: access.newSearch,
    answer: access.savedSearch,
    status: 201,
  },
  dropSearch: {
    method: 'delete',
    path: `${v1}/searches/{id}`,
    permission: 'message.find',
    summary: 'Drop a saved search',
    description: 'An own one; an administrator any that is shared.',
    params: schemas.idParams,
    status: 204,
  },
} as const satisfies Record<string, Route>
