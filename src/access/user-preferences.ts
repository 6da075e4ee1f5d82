/** How the quarantine looks to a user, and in which language and time zone digests are written to him. */
import type { Context } from '../context.ts'
import type { UsersTable } from '../store/user-schema.ts'
import { lockUser, readUser, updateUser } from '../store/users.ts'
import { checkTimeZone } from './preferences.ts'

/** Languages that there are texts in. */
export type Locale = 'en' | 'de' | 'fr' | 'es' | 'ja'

export interface UserPreferences {
  /** Null: as the browser says. */
  locale: Locale | null
  timeZone: string | null
  theme: 'auto' | 'light' | 'dark'
}

export const preferencesOfUser = (user: UsersTable): UserPreferences => ({
  theme: (JSON.parse(user.preferences) as Partial<UserPreferences>).theme ?? 'auto',
  locale: user.locale === '' ? null : (user.locale as Locale),
  timeZone: user.time_zone === '' ? null : user.time_zone,
})

/** @throws Problem 'invalid' for a time zone that there is not. */
export async function setUserPreferences(
  { db }: Context,
  userId: number,
  { locale, timeZone, theme }: Partial<UserPreferences>,
): Promise<UserPreferences> {
  if (timeZone) checkTimeZone(timeZone)
  return await db.transaction(async (trx) => {
    await lockUser(trx, userId)
    const user = await readUser(trx, userId)
    if (!user) throw new Error('a session without a user')
    const kept = JSON.parse(user.preferences) as Record<string, unknown>
    const change = {
      ...(locale === undefined ? {} : { locale: locale ?? '' }),
      ...(timeZone === undefined ? {} : { time_zone: timeZone ?? '' }),
      ...(theme === undefined ? {} : { preferences: JSON.stringify({ ...kept, theme }) }),
    }
    await updateUser(trx, userId, change)
    return preferencesOfUser({ ...user, ...change })
  })
}
