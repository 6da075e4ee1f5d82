/** Held mail for tests, and who acts on it. */
import { mailToHold } from '../../../test/mails.ts'
import type { Actor } from '../../access/actor.ts'
import type { Context } from '../../context.ts'
import { holdingsOf } from '../../store/holdings.ts'
import { accept, type HeldGroup } from '../accept.ts'

export const admin: Actor = { name: 'alice', role: 'administrator', origin: '192.0.2.7' }
export const operator: Actor = { name: 'bob', role: 'operator', origin: 'cli' }

let number = 0

/** Holds one mail for these recipients; returns its id. */
export async function hold(
  ctx: Context,
  recipients: string[] = ['a@example.com'],
  group: Partial<HeldGroup> = {},
  bytes: Uint8Array = Buffer.from(`Subject: ${++number}\r\n\r\nmail ${number}\r\n.\r\n`),
): Promise<number> {
  const held =
    group.recipients ?? recipients.map((address) => ({ address, parameters: {}, state: 'held' as const }))
  const mail = await mailToHold(ctx, bytes, { recipients, group: { ...group, recipients: held } })
  const [id] = await accept(ctx, mail)
  return id!
}

export async function holdMany(
  ctx: Context,
  count: number,
  group: Partial<HeldGroup> = {},
): Promise<number[]> {
  return await Promise.all(Array.from({ length: count }, () => hold(ctx, ['a@example.com'], group)))
}

/** The states of the message's copies, in order. */
export async function states(ctx: Context, id: number): Promise<string[]> {
  return (await holdingsOf(ctx.db.read, [id])).map(({ state }) => state)
}

export async function audited(
  ctx: Context,
  deed: string,
): Promise<{ target: string; details: Record<string, unknown> }[]> {
  const rows = await ctx.db.read
    .selectFrom('audit')
    .selectAll()
    .where('deed', '=', deed)
    .orderBy('seq')
    .execute()
  return rows.map(({ target, details }) => ({
    target,
    details: JSON.parse(details) as Record<string, unknown>,
  }))
}
