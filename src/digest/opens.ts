/**
 * How often links of digests were opened and whether anything was done in them: who opens again and again and does
 * nothing is a robot that reads mail. Only links that we have signed are counted. Opening writes nothing: what was
 * counted is written every some seconds, and lost with the process.
 */
import type { Timer } from '../clock.ts'
import type { Context } from '../context.ts'
import { addOpens, dropOpens, type Opened } from '../store/digest-links.ts'
import type { Link, Links } from './links.ts'
import type { DigestOptions } from './options.ts'

/** What the pages of links work with. */
export interface DigestLinks {
  options: DigestOptions
  links: Links
  opens: Opens
}

export interface Opens extends AsyncDisposable {
  opened(link: Link): void
  acted(link: Link): void
  /** Writes what was counted. */
  flush(): Promise<void>
}

const flushMs = 10_000
const tidyMs = 86_400_000
/** Links remembered between two writes; further ones are not counted. */
const linksLimit = 10_000
const rowsPerTransaction = 500

export function countOpened(ctx: Context): Opens {
  const { db, clock, events } = ctx
  let counted = new Map<string, Opened>()
  const failed = (error: unknown) => events.tell({ kind: 'failure', where: 'digest links', error })

  function count(
    { userId, messageId, action, expiresAt }: Link,
    opens: number,
    actedAt: number | null,
  ): void {
    const key = `${userId} ${messageId} ${action}`
    const now = clock.now()
    const known = counted.get(key)
    if (known) {
      known.opens += opens
      known.last_at = now
      known.acted_at ??= actedAt
    } else if (counted.size < linksLimit)
      counted.set(key, {
        user_id: userId,
        message_id: messageId,
        action,
        opens,
        first_at: now,
        last_at: now,
        acted_at: actedAt,
        expires_at: expiresAt,
      })
  }

  async function flush(): Promise<void> {
    const rows = [...counted.values()]
    counted = new Map()
    for (let at = 0; at < rows.length; at += rowsPerTransaction)
      await db.transaction((trx) => addOpens(trx, rows.slice(at, at + rowsPerTransaction)))
  }

  const timers: Timer[] = [
    clock.every(flushMs, flush, failed),
    clock.every(tidyMs, () => db.transaction((trx) => dropOpens(trx, clock.now())), failed),
  ]
  return {
    opened: (link) => count(link, 1, null),
    acted: (link) => count(link, 0, clock.now()),
    flush,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) await timer[Symbol.asyncDispose]()
      await flush().catch(failed)
    },
  }
}
