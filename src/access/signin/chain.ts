/**
 * The ways of signing in, one after the other until one recognises the user. A server that cannot be asked does not make
 * a password wrong: when nobody else recognises the user either, the answer is that it cannot be told now.
 */
import { Problem } from '../../problem.ts'
import type { Recognised, SignInMethod } from './method.ts'

/**
 * Null: every way was asked, and none knows this name with this password. `tell` hears why a way could not be asked: for
 * administrators, since whoever signs in learns nothing about servers.
 * @throws Problem 'unavailable' when none recognised the user, and one of them could not be asked.
 */
export async function recognisedBy(
  methods: readonly SignInMethod[],
  name: string,
  password: string,
  signal: AbortSignal,
  tell: (why: Problem) => void,
): Promise<Recognised | null> {
  // Some servers take an empty password for a sign-in without any, and welcome it.
  if (name.trim() === '' || password === '') return null
  let unavailable = false
  for (const method of methods) {
    try {
      const recognised = await method.check(name.trim(), password, signal)
      if (recognised) return recognised
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'unavailable') throw error
      unavailable = true
      tell(error)
    }
  }
  if (!unavailable) return null
  throw new Problem(
    'unavailable',
    'Signing in is not possible at the moment: a server that knows the passwords does not answer.',
    'Try again in a few minutes.',
    { retryAfterS: 30 },
  )
}
