/**
 * Invitations: an administrator makes a user, or gives one a new chance, and the user chooses a password behind a
 * single-use link. The link is mailed to the user; the administrator, who then cannot use it, gets it only where he asks
 * for it, or where no mail can be sent.
 */
import type { Kysely } from 'kysely'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { Schema } from '../store/schema.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { dropTokensOf, insertToken } from '../store/user-sessions.ts'
import { insertUser, lockUser } from '../store/users.ts'
import type { Actor } from './actor.ts'
import { languageOf, type Post, type Sender, writeLetterOf } from './letters/letter.ts'
import { checkTimeZone } from './preferences.ts'
import { seesAll } from './sight.ts'
import { randomToken, tokenHash } from './tokens.ts'
import { demandAddresses, demandUser } from './user-sight.ts'
import {
  blankUser,
  byAdministrator,
  existing,
  type NewUser,
  note,
  setAddresses,
  tokenMemoryMs,
} from './users.ts'

export interface InvitationSettings {
  /** Where users reach their quarantine, without a slash at the end: from the configuration only. */
  url(): string
  invitationHours(): number
  /** Null: no mail can be sent. */
  post: Post | null
  sender: Sender
}

/** Good once. */
export interface Invitation {
  /** Null: it has been mailed, and is in that mail only. */
  url: string | null
  expiresAt: number
}

/** @throws Problem 'conflict' when there is such a user, 'invalid' for too many addresses or no time zone. */
export async function inviteUser(
  ctx: Context,
  actor: Actor,
  order: NewUser,
  settings: InvitationSettings,
  mail: boolean,
): Promise<{ user: UsersTable; invitation: Invitation }> {
  if (order.timeZone) checkTimeZone(order.timeZone)
  const { name, aliases, delegations } = order
  demandAddresses(actor, { name: [name], aliases, delegations })
  const user: UsersTable = {
    ...blankUser(ctx, order.name, byAdministrator),
    display: order.display,
    locale: order.locale ?? '',
    time_zone: order.timeZone ?? '',
  }
  const invitation = await ctx.db.transaction(async (trx) => {
    if (!(await insertUser(trx, user)))
      throw new Problem('conflict', `There is a user ${order.name} already.`, 'Invite that one anew.', {
        field: 'name',
      })
    const told = { own: [order.name], alias: aliases, delegated: delegations }
    await setAddresses(ctx, trx, actor, user, byAdministrator, told)
    const made = await invite(ctx, trx, actor, user, settings, mail)
    await note(ctx, trx, actor, 'user.invite', user.name, { aliases, delegations, mailed: made.url === null })
    return made
  })
  if (invitation.url === null) settings.post?.wake()
  return { user, invitation }
}

/** A new link for somebody who has lost the first, or the password. The old links end. @throws Problem 'not-found', 'conflict' */
export async function inviteAgain(
  ctx: Context,
  actor: Actor,
  id: number,
  settings: InvitationSettings,
  mail: boolean,
): Promise<Invitation> {
  const invitation = await ctx.db.transaction(async (trx) => {
    await lockUser(trx, id)
    const user = await existing(trx, id)
    await demandUser(trx, actor, user)
    if (user.disabled_at !== null)
      throw new Problem('conflict', `${user.name} is disabled.`, 'Enable the user first.')
    const made = await invite(ctx, trx, actor, user, settings, mail)
    await note(ctx, trx, actor, 'user.invite', user.name, { mailed: made.url === null })
    return made
  })
  if (invitation.url === null) settings.post?.wake()
  return invitation
}

async function invite(
  { clock }: Context,
  trx: Kysely<Schema>,
  actor: Actor,
  user: UsersTable,
  { url, invitationHours, post, sender }: InvitationSettings,
  mail: boolean,
): Promise<Invitation> {
  // Whoever chooses the password is the user from then on, also when he gets addresses of other domains later.
  if (!seesAll(actor) && (!mail || !post))
    throw new Problem(
      'forbidden',
      'The link is for the user alone: who looks after some domains does not get it.',
      post ? 'Let it be mailed.' : 'No mail can be sent here: ask an administrator.',
      { field: 'mail' },
    )
  const now = clock.now()
  const hours = invitationHours()
  const token = randomToken()
  const expiresAt = now + hours * 3_600_000
  await dropTokensOf(trx, user.id, ['invite'])
  const row = {
    hash: tokenHash(token),
    user_id: user.id,
    address_key: user.name_key,
    purpose: 'invite' as const,
    created_at: now,
    expires_at: expiresAt,
    used_at: null,
    attempts: 0,
  }
  await insertToken(trx, row, now - tokenMemoryMs)
  // Behind the #: what stands there no browser sends, so no log along the way has it.
  const link = `${url()}/invitation#${token}`
  if (!mail || !post) return { url: link, expiresAt }
  const kind = user.password === '' ? 'invitation' : 'newPassword'
  const letter = writeLetterOf(languageOf(user.locale, sender.language()), sender.organisation(), {
    kind,
    url: link,
    hours,
    display: user.display,
  })
  await post.put(trx, { to: user.name, ...letter })
  return { url: null, expiresAt }
}
