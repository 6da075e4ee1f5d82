/**
 * The second factor of an account: codes of an authenticator app, or recovery codes, each good once. A secret that was
 * begun with counts when a code of it was confirmed. Secrets are kept as they are, recovery codes as their SHA-256: see
 * SECURITY.md. Each deed writes its audit row in its own transaction; none ends a session.
 */
import type { Kysely } from 'kysely'
import type { Context } from '../context.ts'
import { Problem } from '../problem.ts'
import { lockAccount } from '../store/accounts.ts'
import { writeAudit } from '../store/audit.ts'
import type { AccountsTable, Schema, SecondFactorsTable } from '../store/schema.ts'
import {
  changeSecondFactor,
  dropSecondFactor,
  findSecondFactor,
  putSecondFactor,
} from '../store/second-factors.ts'
import { type Actor, actorName } from './actor.ts'
import { newRecoveryCodes, recoveryHash } from './recovery.ts'
import { keyUri, matchingStep, newSecret } from './totp.ts'

/** One that was begun with is good for so long. */
const pendingMs = 3_600_000

/** A second factor that counts, or null. */
export const inForce = (row: SecondFactorsTable | undefined): SecondFactorsTable | null =>
  row && row.confirmed_at !== null ? row : null

const codesLeft = ({ recovery }: SecondFactorsTable): string[] => JSON.parse(recovery) as string[]

/** For the one whose it is. */
export const secondFactorView = (row: SecondFactorsTable | null) => ({
  enabled: row !== null,
  recoveryCodesLeft: row ? codesLeft(row).length : 0,
})

export type UsedFactor = 'code' | 'recovery code'

/** What a code changes when it is used, or null when it is wrong. Reads nothing and waits for nothing. */
export function factorUse(row: SecondFactorsTable, code: string, now: number) {
  const typed = code.replace(/[\s-]/g, '')
  const step = matchingStep(row.secret, typed, now, row.last_step)
  if (step !== null) return { used: 'code' as UsedFactor, change: { last_step: step } }
  const hash = recoveryHash(typed)
  const left = codesLeft(row)
  if (hash === null || !left.includes(hash)) return null
  const recovery = JSON.stringify(left.filter((one) => one !== hash))
  return { used: 'recovery code' as UsedFactor, change: { recovery } }
}

/** @throws Problem 'conflict' when one is on: whoever has the password alone must not put another in its place. */
export async function beginSecondFactor(
  ctx: Context,
  actor: Actor,
  account: AccountsTable,
  serverName: string,
): Promise<{ secret: string; uri: string }> {
  const secret = newSecret()
  const now = ctx.clock.now()
  await ctx.db.transaction(async (trx) => {
    await lockAccount(trx, account.id)
    if (inForce(await findSecondFactor(trx, account.id)))
      throw new Problem(
        'conflict',
        'The second factor is on already.',
        'Turn it off first, with a code of it, to set up another.',
      )
    await putSecondFactor(trx, {
      account_id: account.id,
      secret,
      begun_at: now,
      confirmed_at: null,
      last_step: 0,
      recovery: '[]',
    })
    await note(ctx, trx, actor, 'second-factor.begin', account.name)
  })
  return { secret, uri: keyUri(secret, `${account.name}@${serverName}`, 'Lazaret') }
}

/**
 * @returns the recovery codes.
 * @throws Problem 'conflict' when none was begun with, or long ago; 'invalid' for a wrong code.
 */
export async function confirmSecondFactor(
  ctx: Context,
  actor: Actor,
  account: AccountsTable,
  code: string,
): Promise<string[]> {
  const codes = newRecoveryCodes()
  const now = ctx.clock.now()
  await ctx.db.transaction(async (trx) => {
    await lockAccount(trx, account.id)
    const row = await findSecondFactor(trx, account.id)
    if (!row || row.confirmed_at !== null || row.begun_at + pendingMs <= now)
      throw new Problem(
        'conflict',
        row && row.confirmed_at !== null
          ? 'The second factor is on already.'
          : 'No second factor was begun with in the last hour.',
        'Begin anew with POST /api/v1/session/second-factor/begin.',
      )
    const step = matchingStep(row.secret, code.replace(/[\s-]/g, ''), now, row.last_step)
    if (step === null)
      throw new Problem(
        'invalid',
        'The code is wrong.',
        "Type the code that the app shows now; if it still does not fit, compare the clocks of the app's device and of the server.",
        { field: 'code' },
      )
    await changeSecondFactor(trx, row, {
      confirmed_at: now,
      last_step: step,
      recovery: hashesOf(codes),
    })
    await note(ctx, trx, actor, 'second-factor.on', account.name)
  })
  return codes
}

/** The password and a code must have been proved before. @throws Problem 'conflict' when it is off. */
export async function renewRecoveryCodes(
  ctx: Context,
  actor: Actor,
  account: AccountsTable,
): Promise<string[]> {
  const codes = newRecoveryCodes()
  await ctx.db.transaction(async (trx) => {
    await lockAccount(trx, account.id)
    const row = inForce(await findSecondFactor(trx, account.id))
    if (!row) throw isOff()
    if (!(await changeSecondFactor(trx, row, { recovery: hashesOf(codes) })))
      throw new Problem('conflict', 'A code was used at this moment.', 'Try again.')
    await note(ctx, trx, actor, 'second-factor.renew', account.name)
  })
  return codes
}

/** The password and a code must have been proved before. @throws Problem 'conflict' when it is off. */
export async function endSecondFactor(ctx: Context, actor: Actor, account: AccountsTable): Promise<void> {
  await ctx.db.transaction(async (trx) => {
    await lockAccount(trx, account.id)
    if (!inForce(await findSecondFactor(trx, account.id))) throw isOff()
    await dropSecondFactor(trx, account.id)
    await note(ctx, trx, actor, 'second-factor.off', account.name)
  })
}

export const isOff = (): Problem => new Problem('conflict', 'The second factor is off.', 'Set one up first.')

const hashesOf = (codes: readonly string[]): string =>
  JSON.stringify(codes.map((code) => recoveryHash(code.replaceAll('-', ''))))

async function note(
  ctx: Context,
  trx: Kysely<Schema>,
  actor: Actor,
  deed: string,
  target: string,
): Promise<void> {
  await writeAudit(trx, [
    { at: ctx.clock.now(), actor: actorName(actor), origin: actor.origin, deed, target, details: {} },
  ])
}
