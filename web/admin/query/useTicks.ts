/** What is ticked: rows, on this page and others, or everything that matches. */
import { useCallback, useMemo, useRef, useState } from 'react'
import type { Item } from './address.ts'

export interface Ticks {
  ids: ReadonlySet<string>
  /** As they were when they were ticked, or as they are shown now. */
  messages: readonly Item[]
  everything: boolean
  /** With shift: all from the one ticked before to this one. */
  tick(id: string, on: boolean, range: boolean): void
  tickPage(on: boolean): void
  tickEverything(): void
  clear(): void
}

/** @param criteria what is ticked belongs to: other criteria begin with nothing ticked. */
export function useTicks(criteria: string, rows: readonly Item[]): Ticks {
  const [state, setState] = useState<{ of: string; ticked: ReadonlyMap<string, Item>; everything: boolean }>({
    of: criteria,
    ticked: new Map(),
    everything: false,
  })
  const last = useRef<string | null>(null)
  const shown = useRef(rows)
  shown.current = rows
  if (state.of !== criteria) setState({ of: criteria, ticked: new Map(), everything: false })

  const change = useCallback((items: readonly Item[], on: boolean, less: readonly string[] = []) => {
    setState((before) => {
      const ticked = new Map(before.ticked)
      for (const item of items)
        if (on) ticked.set(item.id, item)
        else ticked.delete(item.id)
      for (const id of less) ticked.delete(id)
      return { ...before, ticked, everything: false }
    })
  }, [])
  const { everything } = state
  const tick = useCallback(
    (id: string, on: boolean, range: boolean) => {
      const all = shown.current
      const to = all.findIndex((item) => item.id === id)
      const from = range ? all.findIndex((item) => item.id === last.current) : -1
      last.current = id
      // Out of everything: the rows of this page, without this one.
      if (everything)
        return change(
          all.filter((item) => item.id !== id),
          true,
          [id],
        )
      change(from < 0 ? all.slice(to, to + 1) : all.slice(Math.min(from, to), Math.max(from, to) + 1), on)
    },
    [change, everything],
  )
  const tickPage = useCallback((on: boolean) => change(shown.current, on), [change])
  const tickEverything = useCallback(() => setState((before) => ({ ...before, everything: true })), [])
  const clear = useCallback(
    () => setState((before) => ({ ...before, ticked: new Map(), everything: false })),
    [],
  )
  const ids = useMemo(() => new Set(state.ticked.keys()), [state.ticked])
  const messages = useMemo(() => {
    const now = new Map(rows.map((item) => [item.id, item]))
    return [...state.ticked.values()].map((item) => now.get(item.id) ?? item)
  }, [state.ticked, rows])
  return { ids, messages, everything, tick, tickPage, tickEverything, clear }
}
