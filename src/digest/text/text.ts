/** The languages of digests. */
import type { Reason } from '../../policy/decision.ts'
import type { Language } from '../schedule.ts'
import { de } from './de.ts'
import type { DigestText } from './digest-text.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { ja } from './ja.ts'

export const texts: Record<Language, DigestText> = { en, de, fr, es, ja }

export const reasonText = (text: DigestText, reason: string): string =>
  Object.hasOwn(text.reasons, reason) ? text.reasons[reason as Reason] : text.reasons.other
