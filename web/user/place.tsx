/**
 * The addresses of this console: which page, and what of it is shown. Five pages need no library for that. What follows
 * the # (a token of a mailed link) is sent to nobody.
 */
import { Anchor, type AnchorProps } from '@mantine/core'
import { type MouseEvent, type ReactNode, useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
const listen = (listener: () => void) => {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}

export interface Place {
  path: string
  search: URLSearchParams
}

export function usePlace(): Place {
  const path = useSyncExternalStore(listen, () => location.pathname)
  const search = useSyncExternalStore(listen, () => location.search)
  return { path, search: new URLSearchParams(search) }
}

/** @param to path and search. A new page begins at its top; the same one stays where it is. */
export function go(to: string, { replace = false } = {}): void {
  const before = location.pathname
  history[replace ? 'replaceState' : 'pushState'](null, '', to)
  for (const listener of listeners) listener()
  if (location.pathname !== before) scrollTo(0, 0)
}

let list = '/'
/** Where the list was left: its search, order and page. */
export const listPlace = (): string => list
export const rememberList = (address: string): void => {
  list = address
}

export interface ToProps extends AnchorProps {
  to: string
  children: ReactNode
  'aria-current'?: 'page' | undefined
  'aria-label'?: string
  title?: string
}

/** A link within the console: a real one, that opens in a new tab when that is asked for. */
export function To({ to, children, ...props }: ToProps) {
  const open = (event: MouseEvent) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    go(to)
  }
  return (
    <Anchor href={to} onClick={open} {...props}>
      {children}
    </Anchor>
  )
}
