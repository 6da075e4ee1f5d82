/**
 * What changes on the server while a console is open (server-sent events): what is on screen is asked for again, and
 * pages that want to know more listen themselves. A stream that broke is opened again after a pause.
 */
import { type Query, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { type AnswerOf, type InputOf, urlOf } from './client.ts'
import { type Changeable, changed } from './hooks.ts'

export interface Changed {
  /** Messages whose recipients' state changed; empty when too many to name. */
  messages: string[]
  what: Changeable[]
}

const listeners = new Set<(change: Changed) => void>()
const pauseMs = 10_000
/** A stream tells what happened in the three seconds before it opened: one that opens so soon has missed nothing. */
const soonMs = 2500

/** Calls `listener` at each change, while mounted. It must keep its identity (useCallback). */
export function useChanges(listener: (change: Changed) => void): void {
  useEffect(() => {
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [listener])
}

/** A message that is open is asked for again when it is named or on its way only: each look at one is noted. */
function concerns({ messages, what }: Changed, { queryKey: [route, input], state }: Query): boolean {
  if (route !== 'showMessage') return true
  const { id } = (input as InputOf<'showMessage'>).params
  if (what.includes('messages') && (messages.length === 0 || messages.includes(id))) return true
  const { recipients = [] } = (state.data ?? {}) as Partial<AnswerOf<'showMessage'>>
  return what.includes('deliveries') && recipients.some((copy) => copy.state === 'releasing')
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

/**
 * Keeps the stream open while mounted (once, in the shell) and the page is seen: a browser has six connections to a
 * server, and pages in the background must not hold them all. False while it is broken.
 */
export function useLive(): boolean {
  const client = useQueryClient()
  const [open, setOpen] = useState(true)
  useEffect(() => {
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    // What the page has asked for so far may be older than the stream, when that was long in coming.
    let since: number | null = performance.now()
    const everything: Changed = {
      messages: [],
      what: ['held', 'messages', 'deliveries', 'jobs', 'areas', 'requests'],
    }
    const tell = (change: Changed) => {
      changed(client, change.what, (query) => concerns(change, query))
      for (const listener of listeners) listener(change)
    }
    const begin = () => {
      clearTimeout(timer)
      if (document.hidden || source) return
      const begun = new EventSource(urlOf('listen'))
      source = begun
      begun.addEventListener('open', () => {
        setOpen(true)
        const missedMs = since === null ? 0 : performance.now() - since
        since = null
        if (missedMs > soonMs) tell(everything)
      })
      begun.addEventListener('changed', (event: MessageEvent<string>) =>
        tell(JSON.parse(event.data) as Changed),
      )
      begun.addEventListener('error', () => {
        setOpen(false)
        since ??= 0
        // Refused, the browser gives up for good; broken, it tries again by itself.
        if (begun.readyState !== EventSource.CLOSED) return
        source = undefined
        timer = setTimeout(begin, pauseMs)
      })
    }
    const seenOrNot = () => {
      if (!document.hidden) return begin()
      clearTimeout(timer)
      if (source) since ??= 0
      source?.close()
      source = undefined
    }
    begin()
    document.addEventListener('visibilitychange', seenOrNot)
    return () => {
      document.removeEventListener('visibilitychange', seenOrNot)
      clearTimeout(timer)
      source?.close()
    }
  }, [client])
  return open
}
