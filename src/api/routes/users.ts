/** Users: people whose mail is held, as administrators see them. */
import { type Route, v1 } from '../route.ts'
import { idParams } from '../schemas.ts'
import * as users from '../user-schemas.ts'

export const usersRoutes = {
  listUsers: {
    method: 'get',
    path: `${v1}/users`,
    permission: 'user.view',
    summary: 'Users, in the order of their names',
    query: users.userQuery,
    answer: users.userPage,
    status: 200,
  },
  inviteUser: {
    method: 'post',
    path: `${v1}/users`,
    permission: 'user.manage',
    summary: 'Make a user, who chooses a password behind a link',
    description:
      'The link is mailed to the user; it is in the answer only where that is wanted, or where no mail can be sent.',
    body: users.newUser,
    answer: users.invitedUser,
    status: 201,
  },
  showUser: {
    method: 'get',
    path: `${v1}/users/{id}`,
    permission: 'user.view',
    summary: 'One user',
    params: idParams,
    answer: users.userView,
    status: 200,
  },
  changeUser: {
    method: 'patch',
    path: `${v1}/users/{id}`,
    permission: 'user.manage',
    summary: 'Set the addresses that a user may act for, disable or enable the user',
    description: 'Disabling ends the sessions of the user and the links that are open.',
    params: idParams,
    body: users.userChange,
    answer: users.userView,
    status: 200,
  },
  listUserSessions: {
    method: 'get',
    path: `${v1}/users/{id}/sessions`,
    permission: 'user.manage',
    summary: 'Where somebody is signed in as this user',
    params: idParams,
    answer: users.userSessions,
    status: 200,
  },
  endUserSessions: {
    method: 'delete',
    path: `${v1}/users/{id}/sessions`,
    permission: 'user.manage',
    summary: 'End all sessions of this user',
    params: idParams,
    status: 204,
  },
  endDelegation: {
    method: 'delete',
    path: `${v1}/users/{id}/delegations/{address}`,
    permission: 'user.manage',
    summary: 'Take an address away that the user has by a code, or by an administrator',
    params: users.delegationParams,
    answer: users.userView,
    status: 200,
  },
  inviteUserAgain: {
    method: 'post',
    path: `${v1}/users/{id}/invitation`,
    permission: 'user.manage',
    summary: 'A new link for somebody who lost the first, or the password',
    description: 'Mailed, as the first. The links before it are good no more.',
    params: idParams,
    body: users.invitationOrder,
    answer: users.invitation,
    status: 201,
  },
} as const satisfies Record<string, Route>
