/** From which areas an actor may release: the same rule for one order and for a job. */
import type { Actor } from '../access/actor.ts'
import { mayReleaseFrom } from '../access/roles.ts'
import { seenMessages } from '../access/sight.ts'
import type { Database } from '../store/database.ts'
import { areasOf } from '../store/messages.ts'

export interface ReleaseRule {
  /** Of the area. */
  name: string
  releasableBy: readonly string[]
}

/**
 * Tells for an area why the actor may not release from it, or null. An area that the configuration no longer names is
 * open to all who may release at all.
 */
export function areaRefusal({ role }: Actor, rules: readonly ReleaseRule[]): (area: string) => string | null {
  const byName = new Map(rules.map((rule) => [rule.name, rule]))
  return (name) => {
    const rule = byName.get(name)
    if (!rule || mayReleaseFrom(role, rule.releasableBy)) return null
    const who = rule.releasableBy.filter((one) => one !== 'nobody').join(' or ') || 'nobody'
    return `From the area ${name} only ${who} may release.`
  }
}

/** Which of these messages the actor may not release, and why; nothing of those that are not there for him. */
export async function refusedByArea(
  db: Database,
  actor: Actor,
  rules: readonly ReleaseRule[],
  ids: readonly number[],
): Promise<Map<number, string>> {
  const refusal = areaRefusal(actor, rules)
  const seen = await seenMessages(db.read, actor, ids)
  const areas = await areasOf(db, seen)
  return new Map(
    seen.flatMap((id) => {
      const text = refusal(areas.get(id) ?? '')
      return text === null ? [] : [[id, text] as const]
    }),
  )
}
