/**
 * Watches the room on the data directory's disk: when it gets short, no more mail is taken in (452, the client keeps it)
 * while what is held can still be found, released and deleted. Without a figure from the system nothing is refused.
 */
import { statfs } from 'node:fs/promises'
import type { Clock } from '../clock.ts'
import type { Events } from '../events.ts'

export interface DiskWatch extends AsyncDisposable {
  /** Why no mail can be taken now, for the client; null when it can. */
  pressure(): string | null
}

const lookEveryMs = 5000

/** @param leastFreeMb asked at every look, so that it can be reloaded. */
export async function watchDisk(
  folder: string,
  leastFreeMb: () => number,
  clock: Clock,
  events: Events,
): Promise<DiskWatch> {
  let short = false
  const look = async () => {
    short = (await freeMb(folder)) < leastFreeMb()
  }
  const failed = (error: unknown) => events.tell({ kind: 'failure', where: 'disk', error })
  await look()
  const timer = clock.every(lookEveryMs, look, failed)
  return {
    pressure: () => (short ? 'Not enough room on the disk, try again later' : null),
    [Symbol.asyncDispose]: () => timer[Symbol.asyncDispose](),
  }
}

/** Free for us, in MB (1,000,000 bytes). */
export async function freeMb(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return (bavail * bsize) / 1e6
}
