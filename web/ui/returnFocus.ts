/** Gives the focus back to what opened a dialog when the dialog goes: also one that is taken away whole. */
import { useEffect, useMemo, useRef } from 'react'

/** @param opened for a component that outlives its dialog. */
export function useReturnFocus(opened = true): void {
  // While it is first drawn the focus is still where the dialog was asked for.
  const opener = useMemo(() => (opened ? openerNow() : null), [opened])
  const there = useRef(false)
  useEffect(() => {
    if (!opener) return undefined
    there.current = true
    return () => {
      there.current = false
      // Only when it is lost: who went elsewhere meanwhile is not called back.
      setTimeout(() => {
        if (!there.current && document.activeElement === document.body) opener.focus({ preventScroll: true })
      })
    }
  }, [opener])
}

/** An entry of a menu goes with its menu: what counts then is the button of the menu. */
function openerNow(): HTMLElement | null {
  const active = document.activeElement
  const menu = active?.closest('[role=menu]')
  if (menu) return document.getElementById(menu.getAttribute('aria-labelledby') ?? '')
  return active instanceof HTMLElement ? active : null
}
