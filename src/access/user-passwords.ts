/** Passwords of users that are kept here: chosen behind an invitation, changed by whoever knows the present one. */
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { endUserSessionsOf, findToken, useToken } from '../store/user-sessions.ts'
import { lockUser, readUser, updateUser } from '../store/users.ts'
import type { Actor } from './actor.ts'
import { checkNewPassword, hashPassword } from './passwords.ts'
import { tokenHash } from './tokens.ts'
import { note, usedUp } from './users.ts'

/**
 * Takes an invitation up by choosing a password; all sessions that there were end.
 * @throws Problem 'invalid' for a bad password (the link stays good), 'not-found' for a link that is good no more.
 */
export async function acceptInvitation(
  ctx: Context,
  token: string,
  password: string,
  origin: string,
): Promise<UsersTable> {
  const hash = tokenHash(token)
  const invited = await findToken(ctx.db.read, hash, 'invite')
  // Before anything is computed: guesses at links cost nothing.
  if (!invited || invited.used_at !== null || invited.expires_at <= ctx.clock.now()) throw usedUp()
  checkNewPassword(password, invited.address_key)
  const hashed = await hashPassword(password)
  return await ctx.db.transaction(async (trx) => {
    const used = await useToken(trx, hash, 'invite', ctx.clock.now())
    const user = used?.user_id ? await readUser(trx, used.user_id) : undefined
    if (!user || user.disabled_at !== null) throw usedUp()
    await updateUser(trx, user.id, { password: hashed, seen_at: ctx.clock.now() })
    await endUserSessionsOf(trx, user.id)
    await note(ctx, trx, { name: user.name, role: 'user', origin }, 'user.accept', user.name, {})
    return { ...user, password: hashed }
  })
}

/** The present one must have been confirmed before; all other sessions end. @throws Problem 'invalid' for a bad password */
export async function choosePassword(
  ctx: Context,
  actor: Actor,
  user: UsersTable,
  password: string,
  sessionHash: string,
): Promise<void> {
  checkNewPassword(password, user.name)
  const hashed = await hashPassword(password)
  await ctx.db.transaction(async (trx) => {
    await lockUser(trx, user.id)
    // What was confirmed was the present one then; who set another meanwhile may have had a reason.
    if ((await readUser(trx, user.id))?.password !== user.password)
      throw new Problem('conflict', 'The password was changed at this moment.', 'Sign in with the new one.')
    await updateUser(trx, user.id, { password: hashed })
    await endUserSessionsOf(trx, user.id, sessionHash)
    await note(ctx, trx, actor, 'user.change', user.name, { password: 'new' })
  })
}
