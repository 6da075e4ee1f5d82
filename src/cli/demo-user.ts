/** The part of the demonstration that users see: somebody for whom much is held is invited to look after it. */
import type { Client } from '../api/client.ts'
import type { AnswerOf } from '../api/routes.ts'

type Item = AnswerOf<'findMessages'>['items'][number]

export interface DemoUser {
  name: string
  /** How many messages are held for that address. */
  held: number
  /** Good once: behind it a password is chosen. */
  url: string
}

/** @param items held messages of an area that users see. */
export async function inviteDemoUser(client: Client, items: readonly Item[]): Promise<DemoUser> {
  const held = items.flatMap(({ recipients: [first, second] }) =>
    first?.state === 'held' && !second ? [first.address.toLowerCase()] : [],
  )
  const [[name, copies] = ['anna@example.com', []]] = [...Map.groupBy(held, (address) => address)].sort(
    ([, one], [, other]) => other.length - one.length,
  )
  const { invitation } = await client.call('inviteUser', { body: { name, mail: false } })
  return { name, held: copies.length, url: invitation.url ?? '' }
}
