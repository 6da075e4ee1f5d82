/**
 * The English catalogue: what the first load needs, one object for each page. Pages that come later bring their own words
 * with them.
 */
import { areas } from './areas.ts'
import { deeds } from './deeds.ts'
import { common } from './everywhere.ts'
import { message } from './message.ts'
import { query } from './query.ts'
import { entrance, shell } from './shell.ts'

export const en = {
  areas,
  message,
  common,
  deeds,
  query,
  shell,
  entrance,
}
