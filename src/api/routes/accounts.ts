/** Accounts and API keys. */
import * as access from '../access-schemas.ts'
import { type Route, v1 } from '../route.ts'
import * as schemas from '../schemas.ts'

export const accountsRoutes = {
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
    summary: 'Change role or password of an account, disable or enable it, turn its second factor off',
    description:
      'A new password, disabling, and turning the second factor off end its sessions; the keys of a disabled account do not work.',
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
