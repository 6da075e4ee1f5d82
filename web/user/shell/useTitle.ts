/** The title of the window: the page, and whose quarantine it belongs to. */
import { useEffect } from 'react'
import { useWords } from '../../text/user.ts'
import { useOrganisation } from './Sign.tsx'

export function useTitle(page: string): void {
  const text = useWords()
  const organisation = useOrganisation()
  const of = organisation === '' ? text.product : text.quarantineOf(organisation)
  useEffect(() => {
    document.title = `${page} · ${of}`
  }, [page, of])
}
