/**
 * Names that occur as area, reason, rule or scanner, each with a small number: the search index keeps the number. Known
 * labels are remembered; a new one is a rare transaction of its own, before the mail that brings it.
 */
import { type Kysely, sql } from 'kysely'
import type { Schema } from './schema.ts'

export type LabelKind = Schema['labels']['kind']

type Transaction = (work: (trx: Kysely<Schema>) => Promise<number>) => Promise<number>

export class Labels {
  readonly #transaction: Transaction
  readonly #known = new Map<string, Promise<number>>()

  constructor(transaction: Transaction) {
    this.#transaction = transaction
  }

  /** The number of `value`; made when it is new. */
  id(kind: LabelKind, value: string): Promise<number> {
    const key = `${kind} ${value}`
    const known = this.#known.get(key)
    if (known) return known
    const made = this.#transaction((trx) => findOrMake(trx, kind, value))
    this.#known.set(key, made)
    made.catch(() => this.#known.delete(key)) // the caller sees the error; the next one tries again
    return made
  }
}

async function findOrMake(trx: Kysely<Schema>, kind: LabelKind, value: string): Promise<number> {
  const find = () =>
    trx
      .selectFrom('labels')
      .select('id')
      .where('kind', '=', kind)
      .where('value', '=', value)
      .executeTakeFirst()
  const before = await find()
  if (before) return before.id
  // Touching one row makes those who add labels wait for each other on PostgreSQL too.
  await trx
    .insertInto('meta')
    .values({ key: 'labels', value: '' })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: '' }))
    .execute()
  const meanwhile = await find()
  if (meanwhile) return meanwhile.id
  const { id } = await trx
    .selectFrom('labels')
    .select(sql<number>`coalesce(max(id), 0) + 1`.as('id'))
    .executeTakeFirstOrThrow()
  await trx.insertInto('labels').values({ id, kind, value }).execute()
  return id
}
