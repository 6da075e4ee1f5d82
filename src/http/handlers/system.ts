/** What the product tells about itself: areas, status, audit log. */
import { seesAll } from '../../access/sight.ts'
import { parseFilter } from '../../api/search.ts'
import { auditView, iso, isoOrNull } from '../../api/views.ts'
import { dueSummary } from '../../delivery/operations.ts'
import { verifyAudit } from '../../store/audit.ts'
import { listAudit } from '../../store/auditlog.ts'
import { engineName, storeBytes } from '../../store/counts.ts'
import type { Handlers, Parts } from '../parts.ts'

/** What is known of an area that the configuration no longer names. */
const unknownArea = {
  keepDays: null,
  releasableBy: [],
  visibleToUsers: false,
  inDigest: false,
  usersDownloadParts: false,
  description: '',
  configured: false,
}

type Names = 'listAreas' | 'showStatus' | 'listAudit' | 'verifyAudit'

export function systemHandlers({ ctx, deps, counts, startedAt }: Parts): Handlers<Names> {
  const { db, clock } = ctx
  /** Reads the whole log: whoever asks meanwhile gets the same answer. */
  let verifying: ReturnType<typeof verifyAudit> | null = null
  return {
    async listAreas({ actor }) {
      const { value, at } = await counts.areas()
      const configured = deps.policy().areas
      const all = seesAll(actor)
      const others = !all
        ? []
        : [...value.keys()].filter((name) => !configured.some((area) => area.name === name)).sort()
      const countOf = (name: string) =>
        all
          ? (value.get(name) ?? { messages: 0, held: 0, bytes: 0 })
          : { messages: null, held: null, bytes: null }
      return {
        items: [
          ...configured.map((area) => ({
            ...area,
            releasableBy: [...area.releasableBy],
            configured: true,
            ...countOf(area.name),
          })),
          ...others.map((name) => ({ ...unknownArea, name, ...countOf(name) })),
        ],
        countedAt: iso(at),
      }
    },
    async showStatus() {
      const [holdings, due, bytes] = await Promise.all([counts.holdings(), dueSummary(db), storeBytes(db)])
      return {
        version: deps.version,
        engine: engineName(db),
        startedAt: iso(startedAt),
        now: iso(clock.now()),
        recipients: holdings.value,
        countedAt: iso(holdings.at),
        storeBytes: bytes,
        deliveries: { due: due.due, deferred: due.deferred, oldestDueSince: isoOrNull(due.oldest) },
      }
    },
    async listAudit({ query }) {
      const { from, to, limit, ...filter } = query
      const range = parseFilter({ from, to }, clock.now())
      const rows = await listAudit(db.read, { ...filter, from: range.from, to: range.to, limit: limit + 1 })
      const shown = rows.slice(0, limit)
      return {
        items: shown.map(auditView),
        nextBefore: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null,
      }
    },
    verifyAudit() {
      verifying ??= verifyAudit(db.read).finally(() => {
        verifying = null
      })
      return verifying
    },
  }
}
