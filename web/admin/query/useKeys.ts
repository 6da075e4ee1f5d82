/** Keys for those who like them. Never while somebody types, nor over a dialog, nor with Ctrl, Alt or Meta. */
import { useEffect } from 'react'

export type Keys = Record<string, () => void>

export function useKeys(keys: Keys): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      const target = event.target as HTMLElement
      if (target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=menu]'))
        return
      if (document.querySelector('[role=dialog]')) return
      const arrows = event.key.startsWith('Arrow')
      // Arrows scroll the page and walk through tabs unless somebody is among the rows.
      if (arrows && !target.closest('tbody')) return
      const deed = keys[event.key]
      if (!deed) return
      event.preventDefault()
      deed()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [keys])
}

/** The row whose link or check box has the focus. */
export const focusedRow = (): HTMLTableRowElement | null =>
  document.activeElement?.closest<HTMLTableRowElement>('tr[data-id]') ?? null

/** Moves the focus to the timestamp of the next or previous row; to the first when none has it. */
export function moveFocus(step: 1 | -1): void {
  const row = focusedRow()
  const next = row
    ? step > 0
      ? row.nextElementSibling
      : row.previousElementSibling
    : document.querySelector('tr[data-id]')
  next?.querySelector<HTMLElement>('a[data-open]')?.focus()
}
