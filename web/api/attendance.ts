/**
 * Whether somebody is at the page. What an open page asks for by itself, since something has changed on the server, must
 * not keep the session of somebody who went away.
 */
const awayAfterMs = 120_000
const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const

let seenAt = performance.now()
for (const sign of signs)
  addEventListener(
    sign,
    () => {
      seenAt = performance.now()
    },
    { capture: true, passive: true },
  )

/** Headers of a request: with nobody there it is no activity. */
export const attendance = (): Record<string, string> =>
  performance.now() - seenAt > awayAfterMs ? { 'x-lazaret-unattended': '1' } : {}
