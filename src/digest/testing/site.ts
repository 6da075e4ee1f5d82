/** A site with users for tests: held mail, digests as they were queued, and their links. */

import { mailToHold } from '../../../test/mails.ts'
import type { TestStore } from '../../../test/store.ts'
import type { Actor } from '../../access/actor.ts'
import { inviteUser } from '../../access/invitations.ts'
import type { Context } from '../../context.ts'
import { defaultsOf } from '../../options.ts'
import { accept, type HeldGroup } from '../../quarantine/accept.ts'
import { heldForVirus } from '../../quarantine/release.ts'
import { digestsOf } from '../../store/digest-list.ts'
import { claimPosts } from '../../store/posts.ts'
import type { UsersTable } from '../../store/user-schema.ts'
import type { DigestDeps } from '../compose.ts'
import type { DigestArea } from '../gather.ts'
import { digestOptions } from '../options.ts'
import type { Schedule } from '../schedule.ts'

export const administrator: Actor = { name: 'administrator1', role: 'administrator', origin: '192.0.2.7' }
export const dayMs = 86_400_000
export const hourMs = 3_600_000

const area = (name: string, more: Partial<DigestArea> = {}): DigestArea => ({
  name,
  keepDays: 30,
  releasableBy: ['recipient'],
  visibleToUsers: true,
  usersDownloadParts: false,
  inDigest: true,
  ...more,
})

export const digestAreas: DigestArea[] = [
  area('Spam'),
  area('Ask', { keepDays: 10, releasableBy: ['operator'] }),
  area('Quiet', { inDigest: false }),
  area('Hidden', { visibleToUsers: false }),
]

export function digestDeps(given: Partial<DigestDeps> = {}): DigestDeps {
  return {
    options: { ...defaultsOf(digestOptions), enabled: true },
    areas: () => digestAreas,
    isMalware: heldForVirus,
    sender: () => ({ name: 'Mail Quarantine', address: 'quarantine@example.org' }),
    baseUrl: () => 'https://mail.example.org',
    organisation: () => 'Example',
    rounds: true,
    // A day of minutes takes a second.
    tickMs: 10 * 60_000,
    ...given,
  }
}

export async function user(
  { ctx }: { ctx: Context },
  name: string,
  more: { aliases?: string[]; delegations?: string[] } = {},
): Promise<UsersTable> {
  const order = {
    name,
    display: '',
    aliases: [],
    delegations: [],
    locale: null,
    timeZone: null,
    ...more,
  }
  const settings = {
    url: () => '',
    invitationHours: () => 72,
    post: null,
    sender: { organisation: () => '', language: () => 'en' as const },
  }
  return (await inviteUser(ctx, administrator, order, settings, false)).user
}

/** Null: as the configuration says. */
export async function ownSchedule({ db }: Context, userId: number): Promise<Schedule | null> {
  const schedule = (await digestsOf(db.read, [userId])).get(userId)?.schedule
  return schedule ? (JSON.parse(schedule) as Schedule) : null
}

let number = 0

export async function held(
  ctx: Context,
  to: string[],
  more: { subject?: string; sender?: string; group?: Partial<HeldGroup> } = {},
): Promise<number> {
  const bytes = Buffer.from(`Subject: x\r\n\r\nmail ${++number}\r\n`)
  const [id = 0] = await accept(ctx, await mailToHold(ctx, bytes, { recipients: to, ...more }))
  return id
}

export interface QueuedDigest {
  to: string
  /** As it goes over the wire. */
  raw: string
  /** Its text, decoded. */
  text: string
  html: string
  /** Paths of its links, each once. */
  links: string[]
}

/** What is queued; each once. */
export async function queued({ ctx, clock }: TestStore): Promise<QueuedDigest[]> {
  const found: QueuedDigest[] = []
  for (;;) {
    const now = clock.now()
    const posts = await claimPosts(ctx.db, { by: 'test', now, until: now + 1e12 }, 500)
    if (posts.length === 0) return found
    found.push(...posts.map(({ recipient, bytes }) => readDigest(recipient, Buffer.from(bytes).toString())))
  }
}

function readDigest(to: string, raw: string): QueuedDigest {
  const [, plain = '', html = ''] = raw.split('--=_lazaret_alternative')
  const text = decoded(plain)
  const links = [...text.matchAll(/https:\/\/mail\.example\.org(\/digest\/[\w-]+)/g)].map(
    ([, path = '']) => path,
  )
  return { to, raw, text, html: decoded(html), links: [...new Set(links)] }
}

const decoded = (part: string): string =>
  Buffer.from(
    part
      .slice(part.indexOf('\r\n\r\n') + 4)
      .replaceAll('=\r\n', '')
      .replace(/=([0-9A-F]{2})/g, (_, pair: string) => String.fromCharCode(Number.parseInt(pair, 16))),
    'latin1',
  )
    .toString()
    .replaceAll('\r\n', '\n')
