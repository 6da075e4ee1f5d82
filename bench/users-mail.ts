/**
 * Users of bench/users, and mail for them: few get very much, most get little. The same number of copies gives the same
 * mail, in order of time.
 */
import type { HoldingState } from '../src/store/schema.ts'
import { type BenchMail, benchMail, dice } from './query-mail.ts'

export interface BenchUser {
  name: string
  /** Addresses that he may act for. */
  scope: string[]
}

/** Of a thousand users how many have how large a part of all copies. */
const shares = [
  { users: 40, part: 0.4 },
  { users: 60, part: 0.24 },
  { users: 200, part: 0.2 },
  { users: 700, part: 0.16 },
] as const
const lists = 20
/** Of all copies, how many are for a list, and for an alias of a user. */
const [toLists, toAliases] = [0.02, 0.2]

/** The first have most. Every fifth has two aliases and a list. */
export const benchUsers = (count: number): BenchUser[] =>
  Array.from({ length: count }, (_, n) => ({
    name: addressOf(n),
    scope: n % 5 === 0 ? [addressOf(n), aliasOf(n, 1), aliasOf(n, 2), listOf(n % lists)] : [addressOf(n)],
  }))

const addressOf = (n: number): string => `user.${n}@example.org`
const aliasOf = (n: number, alias: number): string => `user.${n}.${alias}@example.net`
const listOf = (n: number): string => `list.${n}@example.org`

/** Mail with so many copies, or a few more, in the days before `endMs`. */
export function* usersMail(users: number, copies: number, endMs: number): Generator<BenchMail, void> {
  const random = dice(23)
  const someone = (): string => {
    let roll = random.roll()
    if (roll < toLists) return listOf(random.int(lists))
    roll = random.roll()
    let first = 0
    for (const { users: of, part } of shares) {
      const here = Math.round((of / 1000) * users)
      if (roll < part) {
        const n = Math.min(users - 1, first + random.int(here))
        return n % 5 === 0 && random.roll() < toAliases ? aliasOf(n, 1 + random.int(2)) : addressOf(n)
      }
      roll -= part
      first += here
    }
    return addressOf(users - 1)
  }
  let made = 0
  // Every sixth has a second recipient.
  for (const mail of benchMail(Math.ceil((copies * 6) / 7), endMs)) {
    const recipients = [someone()]
    if (random.int(6) === 0) recipients.push(someone())
    made += recipients.length
    yield { ...mail, recipients: [...new Set(recipients)] }
    if (made >= copies) return
  }
}

/** One in twenty was released or deleted. */
export const stateOf = (n: number): HoldingState =>
  n % 50 === 7 ? 'deleted' : n % 33 === 5 ? 'delivered' : 'held'
