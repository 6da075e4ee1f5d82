/**
 * What changes on the server while a console is open (server-sent events): what is on screen is asked for again, and
 * pages that want to know more listen themselves. A stream that broke is opened again after a pause.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
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
