/**
 * The words of the End-User Quarantine, in the language of whoever looks. English is part of the first load, the others
 * come when they are wanted.
 */
import { createContext, useContext } from 'react'
import type { locales } from '../../src/api/euq/schemas.ts'
import { en } from './en/user.ts'

export type UserText = typeof en
export type Locale = (typeof locales)[number]

const loaders: Record<Locale, () => Promise<UserText>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import('./de/user.ts')).de,
  fr: async () => (await import('./fr/user.ts')).fr,
  es: async () => (await import('./es/user.ts')).es,
  ja: async () => (await import('./ja/user.ts')).ja,
}

export const languages: Record<Locale, string> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  ja: '日本語',
}

export const isLocale = (text: string | null): text is Locale => text !== null && Object.hasOwn(loaders, text)

/** The first of the browser's languages that is there; else English. */
export function browserLocale(wanted: readonly string[] = navigator.languages): Locale {
  return wanted.map((tag) => tag.toLowerCase().split('-')[0] ?? '').find(isLocale) ?? 'en'
}

export const loadText = (locale: Locale): Promise<UserText> => loaders[locale]()

export interface Language {
  locale: Locale
  text: UserText
}

const LanguageContext = createContext<Language>({ locale: 'en', text: en })
export const LanguageProvider = LanguageContext.Provider
export const useLanguage = (): Language => useContext(LanguageContext)
export const useWords = (): UserText => useContext(LanguageContext).text
