/** Rows of the services for users: each writes its own, all read all. */
import { randomBytes } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { Schema } from './schema.ts'
import type { ServicesTable } from './user-schema.ts'

export const servicesLimit = 100

export async function insertService(trx: Kysely<Schema>, service: ServicesTable): Promise<void> {
  await trx.insertInto('services').values(service).execute()
}

/** False when its row is gone: somebody took it for dead. */
export async function beatService(trx: Kysely<Schema>, id: number, now: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('services')
    .set({ seen_at: now })
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function removeService(trx: Kysely<Schema>, id: number): Promise<void> {
  await trx.deleteFrom('services').where('id', '=', id).execute()
}

/** Removes what died at this address of this machine: somebody else listens there now. */
export async function dropServicesAt(
  trx: Kysely<Schema>,
  { host, url }: Pick<ServicesTable, 'host' | 'url'>,
): Promise<void> {
  await trx.deleteFrom('services').where('host', '=', host).where('url', '=', url).execute()
}

/** Removes rows of services that died long ago. */
export async function dropServicesSeenBefore(trx: Kysely<Schema>, before: number): Promise<void> {
  await trx.deleteFrom('services').where('seen_at', '<', before).execute()
}

export async function listServices(read: Kysely<Schema>): Promise<ServicesTable[]> {
  return await read.selectFrom('services').selectAll().orderBy('id').limit(servicesLimit).execute()
}

/** The secret by which services know each other: 256 bits, made by whoever is first. */
export async function sharedSecret(trx: Kysely<Schema>): Promise<string> {
  const key = 'services-secret'
  await trx
    .insertInto('meta')
    .values({ key, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute()
  const { value } = await trx
    .selectFrom('meta')
    .select('value')
    .where('key', '=', key)
    .executeTakeFirstOrThrow()
  return value
}
