/** The English catalogue: the one that all others are measured by. One object for each page. */
import { accounts } from './accounts.ts'
import { audit } from './audit.ts'
import { common } from './common.ts'
import { deeds } from './deeds.ts'
import { jobs } from './jobs.ts'
import { message } from './message.ts'
import { query } from './query.ts'
import { entrance, shell } from './shell.ts'
import { keys, you } from './you.ts'

export const en = { jobs, message, keys, you, audit, accounts, common, deeds, query, shell, entrance }
