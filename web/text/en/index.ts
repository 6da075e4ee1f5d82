/** The English catalogue: the one that all others are measured by. One object for each page. */
import { common } from './common.ts'
import { entrance, shell } from './shell.ts'

export const en = { common, shell, entrance }
