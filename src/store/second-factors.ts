/** Rows of second factors. What was used once is taken by compare-and-set, so that of two at the same time one gets it. */
import type { Kysely } from 'kysely'
import type { Schema, SecondFactorsTable } from './schema.ts'

export async function findSecondFactor(
  read: Kysely<Schema>,
  accountId: number,
): Promise<SecondFactorsTable | undefined> {
  return await read
    .selectFrom('second_factors')
    .selectAll()
    .where('account_id', '=', accountId)
    .executeTakeFirst()
}

/** In place of one that was there. */
export async function putSecondFactor(trx: Kysely<Schema>, row: SecondFactorsTable): Promise<void> {
  await dropSecondFactor(trx, row.account_id)
  await trx.insertInto('second_factors').values(row).execute()
}

/** False when it has changed since `before` was read. */
export async function changeSecondFactor(
  trx: Kysely<Schema>,
  before: SecondFactorsTable,
  change: Partial<Pick<SecondFactorsTable, 'confirmed_at' | 'last_step' | 'recovery'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('second_factors')
    .set(change)
    .where('account_id', '=', before.account_id)
    .where('secret', '=', before.secret)
    .where('last_step', '=', before.last_step)
    .where('recovery', '=', before.recovery)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function dropSecondFactor(trx: Kysely<Schema>, accountId: number): Promise<void> {
  await trx.deleteFrom('second_factors').where('account_id', '=', accountId).execute()
}
