/** The values that occur as area, reason, rule and scanner, for people to choose from. There are few; see labels.ts. */
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

export type LabelKind = Schema['labels']['kind']

/** Names made up by whoever configures rules: more than this nobody chooses from. */
const labelsLimit = 5000

export async function occurring({ read }: Database): Promise<Record<LabelKind, string[]>> {
  const values: Record<LabelKind, string[]> = { area: [], reason: [], rule: [], scanner: [] }
  const rows = await read
    .selectFrom('labels')
    .select(['kind', 'value'])
    .orderBy('kind')
    .orderBy('value')
    .limit(labelsLimit)
    .execute()
  for (const { kind, value } of rows) values[kind].push(value)
  return values
}
