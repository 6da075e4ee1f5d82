/** Section [store] of the configuration. */
import { z } from 'zod'
import { option, section, type ValuesOf } from '../options.ts'

export const storeOptions = section('store', 'Where mail is kept.', {
  engine: option(
    z.enum(['sqlite', 'postgres']),
    'sqlite',
    'sqlite: an embedded store in the data directory, for one process. postgres: a PostgreSQL server, see url.',
  ),
  url: option(
    z.string().max(2000),
    '',
    'postgres only: postgresql://user:password@host:5432/database. The database must exist, with extension pg_trgm available.',
  ),
  connections: option(z.int().min(2).max(200), 10, 'postgres only: connections kept to the server.'),
  readers: option(z.int().min(1).max(16), 2, 'sqlite only: threads that answer queries.'),
  cache_mb: option(
    z.int().min(1).max(4096),
    4,
    'sqlite only: page cache of each thread, in MB. The operating system caches the files as well.',
  ),
  statement_timeout_s: option(z.int().min(1).max(600), 30, 'A query that takes longer is given up.'),
})

export type StoreOptions = ValuesOf<typeof storeOptions>
