/**
 * What changes on the server while a console is open (server-sent events): what is on screen is asked for again, and
 * pages that want to know more listen themselves. A stream that broke is opened again after a pause.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { urlOf } from './client.ts'
import { type Changeable, changed } from './hooks.ts'

export interface Changed {
  /** Messages whose recipients' state changed; empty when too many to name. */
  messages: string[]
  what: Changeable[]
}

const listeners = new Set<(change: Changed) => void>()
const pauseMs = 10_000

/** Calls `listener` at each change, while mounted. It must keep its identity (useCallback). */
export function useChanges(listener: (change: Changed) => void): void {
  useEffect(() => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [listener])
}

/**
 * Calls `renew` when one of these changed: at once, then again `pauseMs` after it has ended, if there was more; not while
 * the page is in the background, but as soon as somebody looks at it. All three must keep their identity.
 */
export function useRenewal(
  what: readonly Changeable[],
  pauseMs: number,
  renew: () => Promise<unknown>,
): void {
  const wanted = useRef(false)
  const busy = useRef(false)
  const run = useCallback(() => {
    if (document.hidden || !wanted.current || busy.current) return
    wanted.current = false
    busy.current = true
    void renew().finally(() =>
      setTimeout(() => {
        busy.current = false
        run()
      }, pauseMs),
    )
  }, [pauseMs, renew])
  useChanges(
    useCallback(
      (change) => {
        if (!change.what.some((one) => what.includes(one))) return
        wanted.current = true
        run()
      },
      [what, run],
    ),
  )
  useEffect(() => {
    document.addEventListener('visibilitychange', run)
    return () => {
      document.removeEventListener('visibilitychange', run)
      wanted.current = false
    }
  }, [run])
}

/** Keeps the stream open while mounted (once, in the shell). False while it is broken. */
export function useLive(): boolean {
  const client = useQueryClient()
  const [open, setOpen] = useState(true)
  useEffect(() => {
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let missed = false
    const everything: Changed = { messages: [], what: ['held', 'messages', 'deliveries', 'jobs', 'areas'] }
    const tell = (change: Changed) => {
      changed(client, change.what)
      for (const listener of listeners) listener(change)
    }
    const begin = () => {
      source = new EventSource(urlOf('listen'))
      source.addEventListener('open', () => {
        setOpen(true)
        if (missed) tell(everything)
        missed = false
      })
      source.addEventListener('changed', (event: MessageEvent<string>) =>
        tell(JSON.parse(event.data) as Changed),
      )
      source.addEventListener('error', () => {
        setOpen(false)
        missed = true
        // Refused, the browser gives up for good; broken, it tries again by itself.
        if (source?.readyState === EventSource.CLOSED) timer = setTimeout(begin, pauseMs)
      })
    }
    begin()
    return () => {
      clearTimeout(timer)
      source?.close()
    }
  }, [client])
  return open
}
