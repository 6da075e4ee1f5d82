/**
 * Where the focus goes when another page is shown and what had it is gone: to the heading, which is read out then; back
 * on a result to the row of the message that was looked at last.
 */
import { useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'

export function useFocusOnPage(): void {
  const router = useRouter()
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged, fromLocation, toLocation }) => {
        if (!pathChanged || document.activeElement !== document.body) return
        const row = toLocation.pathname === '/query' && rowOf(fromLocation?.pathname ?? '')
        const place = row || document.querySelector<HTMLElement>('#content h1')
        if (!place) return
        if (place.tabIndex < 0) place.tabIndex = -1
        place.focus({ preventScroll: true })
        if (row) row.scrollIntoView({ block: 'nearest' })
      }),
    [router],
  )
}

function rowOf(pathname: string): HTMLElement | null {
  const [, id] = /^\/query\/([^/]+)$/.exec(pathname) ?? []
  return id === undefined
    ? null
    : document.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(decodeURIComponent(id))}"] a[data-open]`)
}
