/** Signing in with a password that is kept here. */

import { addressKey } from '../../mail/envelope.ts'
import type { Database } from '../../store/database.ts'
import { findUser } from '../../store/users.ts'
import { passwordFits } from '../passwords.ts'
import type { SignInMethod } from './method.ts'

export const localMethod = ({ read }: Database): SignInMethod => ({
  kind: 'local',
  async check(name, password) {
    const user = await findUser(read, addressKey(name))
    const known = user?.disabled_at === null && user.password !== '' ? user : null
    // Computed anyway: whether there is such a user does not show in the time.
    const fits = await passwordFits(password, known?.password ?? null)
    if (!fits || !known) return null
    // Its addresses are in the store already.
    const { name: address, display, password: passwordHash } = known
    return { name: address, display, addresses: [address], source: 'local', passwordHash }
  },
})
