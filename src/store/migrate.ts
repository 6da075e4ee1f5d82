/**
 * Numbered migrations, forward only, each in one transaction with its note in `meta`. A database that is ahead of this
 * program is refused when one of the migrations in between said that older programs must not touch it (`-- breaking` in
 * its first line), else used as it is.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { Problem } from '../problem.ts'
import type { Engine } from './engine.ts'

const folder = new URL('./migrations/', import.meta.url)

interface Migration {
  number: number
  name: string
  breaking: boolean
  statements: string[]
}

/** Migrations for this engine, in order: `NNNN-name.sql` for both, `NNNN-name.sqlite.sql` for one. */
export function migrations(kind: Engine['kind']): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql') && (/^[^.]+\.sql$/.test(file) || file.endsWith(`.${kind}.sql`)))
    .sort()
    .map((file) => {
      const text = readFileSync(new URL(file, folder), 'utf8')
      return {
        number: Number(file.slice(0, 4)),
        name: file,
        breaking: text.startsWith('-- breaking'),
        statements: forEngine(text, kind),
      }
    })
}

function forEngine(text: string, kind: Engine['kind']): string[] {
  return text
    .replace(/^\s*--.*$/gm, '')
    .replaceAll('@id', kind === 'sqlite' ? 'integer' : 'bigint')
    .replaceAll('@clustered', kind === 'sqlite' ? 'without rowid' : '')
    .split(/;\s*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** Whether nothing is left to do for `migrate` on PostgreSQL. */
export async function isMigrated(engine: Engine): Promise<boolean> {
  const [table] = await engine.all<{ name: string | null }>(
    `select to_regclass('schema_history')::text as name`,
  )
  if (!table?.name) return false
  const done = await engine.all<{ number: number }>('select number from schema_history')
  const known = migrations(engine.kind)
  return (
    done.length === known.length && known.every(({ number }) => done.some((row) => row.number === number))
  )
}

/** Brings the database to this program's schema. Safe to run by several processes at once on PostgreSQL. */
export async function migrate(engine: Engine): Promise<void> {
  const known = migrations(engine.kind)
  const newest = known.at(-1)?.number ?? 0
  await engine.transaction(async (tx) => {
    if (engine.kind === 'postgres') await tx.run('select pg_advisory_xact_lock(7245, 1000)')
    await tx.run(
      `create table if not exists schema_history (number bigint primary key, name text not null, breaking bigint not null)`,
    )
    const done = await tx.all<{ number: number; name: string; breaking: number }>(
      'select * from schema_history',
    )
    const ahead = done.filter((row) => row.number > newest && row.breaking === 1)
    if (ahead.length > 0)
      throw new Problem(
        'invalid',
        `This database was written by a newer version (schema ${ahead.map((row) => row.name).join(', ')})`,
        'Start the newer version of Lazaret again, or restore a backup from before the upgrade.',
      )
    for (const migration of known) {
      if (done.some((row) => row.number === migration.number)) continue
      for (const statement of migration.statements) await tx.run(statement)
      await tx.run('insert into schema_history (number, name, breaking) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        migration.breaking ? 1 : 0,
      ])
    }
  })
}
