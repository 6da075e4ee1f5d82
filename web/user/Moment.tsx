/** Times in the language and the time zone of who looks. */
import { createContext, useContext, useMemo } from 'react'
import { useLanguage } from '../text/user.ts'
import { type Moments, momentsOf, regionalLocale } from './moments.ts'

/** Null: the browser's time zone. */
const ZoneContext = createContext<string | null>(null)
export const ZoneProvider = ZoneContext.Provider

export function useMoments(): Moments {
  const { locale } = useLanguage()
  const chosen = useContext(ZoneContext)
  const zone = chosen ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return useMemo(() => momentsOf(regionalLocale(locale), zone), [locale, zone])
}

/** A time; all of it on hover. */
export function Moment({ at }: { at: string }) {
  const moments = useMoments()
  return (
    <time dateTime={at} title={moments.full(at)}>
      {moments.friendly(at)}
    </time>
  )
}
