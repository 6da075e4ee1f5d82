/** When a delivery is tried next, counting down. */
import { Text, Tooltip } from '@mantine/core'
import { useSyncExternalStore } from 'react'
import { deliveries } from '../../text/en/deliveries.ts'
import { useTimes } from '../../ui/times.tsx'

/** One clock for all that count. */
const watchers = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let now = Date.now()

function watch(watcher: () => void): () => void {
  watchers.add(watcher)
  if (timer === undefined) now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const one of watchers) one()
  }, 1000)
  return () => {
    watchers.delete(watcher)
    if (watchers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

export function NextAttempt({ at }: { at: string }) {
  const times = useTimes()
  const instant = Date.parse(at)
  const words = useSyncExternalStore(watch, () =>
    instant - now < 1000 ? deliveries.anyMoment : times.relative(at, now),
  )
  return (
    <Tooltip label={times.full(at)}>
      <Text component="time" dateTime={at} inherit>
        {words}
      </Text>
    </Tooltip>
  )
}
