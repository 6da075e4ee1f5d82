/**
 * The health of the scanners, of this process and, on PostgreSQL, of those beside it: each tells every ten seconds what it
 * knows, so that a console that takes no mail itself shows what those see that do. On SQLite there is one process. What
 * was not told again for two minutes is of a process that is gone.
 */
import type { Context } from '../context.ts'
import {
  type HealthWatch,
  healthOf,
  type ScannerFigures,
  type ScannerHealth,
  watchHealth,
} from '../scan/health.ts'
import { engineName } from '../store/counts.ts'
import { readScannerHealth, saveScannerHealth } from '../store/overview.ts'

export interface ScannersHealth extends AsyncDisposable {
  readonly watch: HealthWatch['watch']
  /** Those named, and others that somebody has asked lately. */
  read(configured: readonly string[]): Promise<ScannerHealth[]>
}

const tellEveryMs = 10_000
const goneAfterMs = 120_000

export function openScannersHealth({ db, clock, events }: Context): ScannersHealth {
  const { watch, figures } = watchHealth(clock)
  const alone = engineName(db) === 'sqlite'
  const process = String(db.ids.next())
  const tell = async () => {
    const rows = [...figures()].map(([scanner, known]) => ({ scanner, figures: JSON.stringify(known) }))
    if (rows.length > 0) await saveScannerHealth(db, process, clock.now(), rows)
  }
  const failed = (error: unknown) => events.tell({ kind: 'failure', where: 'scanner health', error })
  const timer = alone ? null : clock.every(tellEveryMs, tell, failed)
  return {
    watch,
    async read(configured) {
      const own = [...figures()]
      const since = clock.now() - goneAfterMs
      const others = alone ? [] : await readScannerHealth(db.read, { since, except: process })
      const all: [string, ScannerFigures][] = [
        ...own,
        ...others.map((row): [string, ScannerFigures] => [
          row.scanner,
          JSON.parse(row.figures) as ScannerFigures,
        ]),
      ]
      const names = new Set([...configured, ...all.map(([name]) => name)])
      return [...names].map((name) =>
        healthOf(
          name,
          all.filter(([known]) => known === name).map(([, known]) => known),
        ),
      )
    },
    async [Symbol.asyncDispose]() {
      await timer?.[Symbol.asyncDispose]()
    },
  }
}
