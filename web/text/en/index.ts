/** The English catalogue: the one that all others are measured by. One object for each page. */
import { accounts } from './accounts.ts'
import { areas } from './areas.ts'
import { audit } from './audit.ts'
import { deeds } from './deeds.ts'
import { deliveries } from './deliveries.ts'
import { digests } from './digests.ts'
import { common } from './everywhere.ts'
import { jobs } from './jobs.ts'
import { message } from './message.ts'
import { overview } from './overview.ts'
import { query } from './query.ts'
import { entrance, shell } from './shell.ts'
import { users } from './users.ts'
import { keys, you } from './you.ts'

export const en = {
  areas,
  deliveries,
  digests,
  overview,
  jobs,
  message,
  keys,
  you,
  audit,
  accounts,
  users,
  common,
  deeds,
  query,
  shell,
  entrance,
}
