/**
 * Proving to be somebody: the password of an account and, where one is on, its second factor. Guessing either is slowed
 * down alike. Wrong names and wrong passwords get the same answer in the same time; so do a wrong password and a wrong
 * code that came with it. That a code is wanted is told only to whoever has the password.
 */
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { accountKey, findAccount } from '../store/accounts.ts'
import { writeAudit } from '../store/audit.ts'
import type { AccountsTable } from '../store/schema.ts'
import { changeSecondFactor, findSecondFactor } from '../store/second-factors.ts'
import { openGuesses, tooMany, withdrawnOnError } from './guesses.ts'
import type { AccessOptions } from './options.ts'
import { passwordFits } from './passwords.ts'
import { factorUse, inForce, type UsedFactor } from './second-factor.ts'

export interface Proof {
  name: string
  password: string
  /** Of the second factor; spaces and dashes do not matter. */
  code?: string
  /** Where it comes from: an IP address. */
  origin: string
}

export interface Proven {
  account: AccountsTable
  used: UsedFactor | null
  /** False: it has a second factor that was not asked for. */
  whole: boolean
}

type Outcome = Proven | 'code wanted' | 'wrong password' | 'wrong code'

/**
 * `sign-in` asks for a code wherever a second factor is on; `session`, where somebody is signed in, looks at one that is
 * given.
 * @throws Problem 'too-many' with `retryAfterS`; at a sign-in 'unauthenticated' or 'second-factor', in a session
 * 'invalid' with the field, since there 401 is the end of the session.
 */
export type Prove = (proof: Proof, at: 'sign-in' | 'session') => Promise<Proven>

/** @param options what they are now holds for as long as this lives. */
export function openProofs(ctx: Context, options: AccessOptions): Prove {
  const { db, clock, events } = ctx
  const guesses = openGuesses(clock, options)

  async function outcomeOf(proof: Proof, at: 'sign-in' | 'session'): Promise<Outcome> {
    const found = await findAccount(db.read, proof.name)
    const account = found?.disabled_at === null ? found : undefined
    // Asked for anyway: whether there is such an account does not show in the time.
    const factor = inForce(await findSecondFactor(db.read, account?.id ?? 0))
    const fits = await passwordFits(proof.password, account?.password ?? null)
    if (!fits || !account) return 'wrong password'
    if (!factor || (at === 'session' && proof.code === undefined))
      return { account, used: null, whole: !factor }
    if (at === 'sign-in' && (proof.code ?? '').trim() === '') return 'code wanted'
    const use = factorUse(factor, proof.code ?? '', clock.now())
    if (!use) return 'wrong code'
    // False: the same code was used at the same moment.
    const taken = await db.transaction((trx) => changeSecondFactor(trx, factor, use.change))
    return taken ? { account, used: use.used, whole: true } : 'wrong code'
  }

  return async (proof, at) => {
    const { name, origin } = proof
    const guess = guesses.begin(accountKey(name), origin)
    if (typeof guess === 'number') {
      events.tell({ kind: 'sign-in-failed', name, origin })
      throw tooMany(guess)
    }
    const outcome = await withdrawnOnError(guess, outcomeOf(proof, at))
    if (typeof outcome === 'object') {
      // Half a proof forgives nothing: the password alone would make room for as many guesses at the code as one likes.
      if (outcome.whole) guess.succeeded()
      else guess.withdrawn()
      return outcome
    }
    if (outcome === 'code wanted') {
      guess.withdrawn()
      throw new Problem(
        'second-factor',
        'A code of the second factor is needed as well.',
        'Send the code that your authenticator app shows, or a recovery code, as code.',
      )
    }
    const details = outcome === 'wrong code' ? { code: 'wrong' } : {}
    const deed = { actor: 'anonymous', origin, deed: 'session.refused', target: name.slice(0, 100), details }
    await db.transaction((trx) => writeAudit(trx, [{ at: clock.now(), ...deed }]))
    events.tell({ kind: 'sign-in-failed', name, origin })
    throw at === 'sign-in' ? refusedSignIn(proof) : refusedInSession(outcome)
  }
}

/** The words depend on what was sent, not on what of it was wrong. */
export const refusedSignIn = ({ code }: Proof): Problem =>
  new Problem(
    'unauthenticated',
    code === undefined ? 'Name or password is wrong.' : 'Name, password or code is wrong.',
    code === undefined
      ? 'Check both; an administrator can set a new password.'
      : 'Each code is good once: wait for the next one. An administrator can turn the second factor off.',
  )

const refusedInSession = (wrong: 'wrong password' | 'wrong code'): Problem =>
  wrong === 'wrong code'
    ? new Problem('invalid', 'The code is wrong.', 'Each code is good once: wait for the next one.', {
        field: 'code',
      })
    : new Problem('invalid', 'The password is wrong.', 'Type the password that you signed in with.', {
        field: 'password',
      })
