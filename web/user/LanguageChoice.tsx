/** The language of the pages before anybody is logged on; this device remembers it. */
import { NativeSelect } from '@mantine/core'
import { IconLanguage } from '@tabler/icons-react'
import { isLocale, languages, useLanguage } from '../text/user.ts'
import { useSpeak } from './LanguageKeeper.tsx'

export const languageChoices = Object.entries(languages).map(([value, label]) => ({ value, label }))

export function LanguageChoice() {
  const { locale, text } = useLanguage()
  const speak = useSpeak()
  return (
    <NativeSelect
      aria-label={text.language}
      size="md"
      variant="unstyled"
      leftSection={<IconLanguage size={20} stroke={1.6} aria-hidden />}
      data={languageChoices}
      value={locale}
      onChange={({ currentTarget: { value } }) => {
        if (isLocale(value)) speak(value, true)
      }}
    />
  )
}
