/** When a delivery that was put off is tried again (RFC 5321 §4.5.4.1: waits of growing length, for four to five days). */
export interface Backoff {
  /** Minutes after the 1st, 2nd, 3rd … attempt; the last one repeats. */
  retryMinutes: readonly number[]
  giveUpAfterHours: number
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs
/** The wait is shorter or longer by up to this share, so that what failed together does not come back together. */
const jitterShare = 0.1

/**
 * @param attempts made so far, this one included: at least 1.
 * @param random 0 to 1.
 * @returns milliseconds since the epoch, or null when it is time to give up.
 */
export function nextAttemptAt(
  { retryMinutes, giveUpAfterHours }: Backoff,
  attempts: number,
  createdAt: number,
  now: number,
  random: number,
): number | null {
  const giveUpAt = createdAt + giveUpAfterHours * hourMs
  if (now >= giveUpAt) return null
  const waitMs = (retryMinutes[Math.min(attempts, retryMinutes.length) - 1] ?? 60) * minuteMs
  const at = Math.round(now + waitMs * (1 - jitterShare + 2 * jitterShare * random))
  // The last try comes when the time is up, not up to an hour before.
  return Math.min(at, Math.max(giveUpAt, now + minuteMs))
}
