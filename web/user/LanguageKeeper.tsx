/** The language of the console: kept for the log-on page on this device, and taken from the settings of who logs on. */
import { MantineProvider } from '@mantine/core'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { isLocale, type Language, LanguageProvider, type Locale, loadText } from '../text/user.ts'
import { styleNonce } from '../ui/nonce.ts'
import { strongerText, themeWith } from '../ui/theme.ts'

const key = 'lazaret-language'

export function rememberedLocale(): Locale | null {
  const kept = storage()?.getItem(key) ?? null
  return isLocale(kept) ? kept : null
}

/** Null where the browser keeps nothing for anybody. */
function storage(): Storage | null {
  try {
    return localStorage
  } catch (error) {
    if (error instanceof DOMException) return null
    throw error
  }
}

const SpeakContext = createContext<(locale: Locale, remember: boolean) => void>(() => undefined)

/** Changes the language of all that is on the screen. */
export const useSpeak = () => useContext(SpeakContext)

export function LanguageKeeper({ first, children }: { first: Language; children: ReactNode }) {
  const [language, setLanguage] = useState(first)
  const speak = useCallback((locale: Locale, remember: boolean) => {
    if (remember) storage()?.setItem(key, locale)
    void loadText(locale).then((text) => setLanguage({ locale, text }))
  }, [])
  useEffect(() => {
    document.documentElement.lang = language.locale
  }, [language.locale])
  const theme = useMemo(() => themeWith(language.text.close), [language.text.close])
  return (
    <SpeakContext value={speak}>
      <LanguageProvider value={language}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={strongerText}
          defaultColorScheme="auto"
          getStyleNonce={styleNonce}
        >
          {children}
        </MantineProvider>
      </LanguageProvider>
    </SpeakContext>
  )
}
