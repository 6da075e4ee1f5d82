/** What can be done with a message, by the state of its recipients' copies and by what was found in it. */
import type { AnswerOf } from '../../api/client.ts'

export type Detail = AnswerOf<'showMessage'>
export type Recipient = Detail['recipients'][number]

/** As the server decides it: a scanner found malware, whatever the reason that was noted in the end. */
export const heldForVirus = ({ reason, verdicts }: Pick<Detail, 'reason' | 'verdicts'>): boolean =>
  reason === 'malware' || verdicts.some(({ result }) => result === 'malware')

export const openCopies = ({ recipients }: Detail): Recipient[] =>
  recipients.filter(({ state }) => state === 'held' || state === 'release-failed')

export const deletedCopies = ({ recipients, purgedAt }: Detail): Recipient[] =>
  purgedAt === null ? recipients.filter(({ state }) => state === 'deleted') : []

/** The address in a header field such as `Name <a@b>`, to be compared with the envelope's. */
export function addressIn(field: string): string {
  const inBrackets = /<([^<>]*)>[^<>]*$/.exec(field)?.[1]
  return (inBrackets ?? field).trim().toLowerCase()
}

/** Whether a header names all of these, whoever else it names: mail to many comes in pieces, each with the whole header. */
export const namesAll = (field: string, envelope: readonly string[]): boolean => {
  const named = new Set((field.match(/[^\s<>,;:"()]+@[^\s<>,;:"()]+/g) ?? []).map((one) => one.toLowerCase()))
  return envelope.every((one) => named.has(one.toLowerCase()))
}
