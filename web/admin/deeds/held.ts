/** What deeds need to know of a message, and what of it they can work on. */
import type { AnswerOf } from '../../api/client.ts'

export type DeedMessage = Pick<
  AnswerOf<'findMessages'>['items'][number],
  'id' | 'sender' | 'subject' | 'reason' | 'area' | 'recipients'
>

type Copy = DeedMessage['recipients'][number]

/** As the server decides: only these are released or deleted. */
export const isHeld = ({ state }: Copy): boolean => state === 'held' || state === 'release-failed'

export const heldCopies = (messages: readonly DeedMessage[]): number =>
  messages.reduce((sum, { recipients }) => sum + recipients.filter(isHeld).length, 0)

/** The server has the last word: a second scanner may have found a virus too. */
export const heldForVirus = ({ reason }: Pick<DeedMessage, 'reason'>): boolean => reason === 'malware'

/** So many ids are taken in one call. */
const idsPerCall = 1000

export function* pieces<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += idsPerCall) yield all.slice(at, at + idsPerCall)
}
