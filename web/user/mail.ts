/** What the pages make of a message: its reason in plain words, how it stands, who seems to have sent it. */
import type { UserText } from '../text/user.ts'
import type { MyMessage } from './api.ts'

export type Standing = MyMessage['copies'][number]['state']

const order: readonly Standing[] = ['releasing', 'release-failed', 'held', 'delivered', 'deleted', 'expired']

/** Of several copies the one that most is still to be done about. */
export const standing = ({ copies }: MyMessage): Standing =>
  order.find((state) => copies.some((copy) => copy.state === state)) ?? 'held'

export const reasonOf = (reason: string, { reasons }: UserText): { short: string; long: string } =>
  Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : reasons.other

export interface Who {
  /** What the message itself says: anybody can write anything there. */
  says: string
  /** The address that sent it; '' is the null sender. */
  address: string
  /** It says another address than the one that sent it, or none. */
  differs: boolean
}

export function whoSent({ from, sender }: MyMessage): Who {
  const [, name = '', written = ''] = /^\s*(.*?)\s*<([^<>]*)>\s*$/s.exec(from) ?? ['', '', from.trim()]
  const plain = name.replace(/^"(.*)"$/s, '$1')
  const differs = written.toLowerCase() !== sender.toLowerCase()
  return { says: differs ? from : plain || sender, address: sender, differs }
}
