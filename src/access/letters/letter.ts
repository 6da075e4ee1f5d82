/**
 * Letters with which people prove that they read the mail of an address: an invitation, a link to sign in, a code. Text
 * and HTML without style sheet, script, picture or colours of its own, in the language of whoever gets it. What a name
 * in them says is somebody's own word: on one line, escaped, unable to turn the direction of what stands beside it.
 */
import type { Kysely } from 'kysely'
import { escapeHtml } from '../../render/entities.ts'
import { neutralLine } from '../../render/neutral.ts'
import type { Schema } from '../../store/schema.ts'
import { de } from './de.ts'
import { en } from './en.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { ja } from './ja.ts'
import type { LetterText, Words } from './text.ts'

export const letterTexts = { en, de, fr, es, ja } as const satisfies Record<string, LetterText>
export type LetterLanguage = keyof typeof letterTexts

export interface WrittenLetter {
  subject: string
  text: string
  html: string
}

/** Sends mail of our own. */
export interface Post {
  /** Is sure to be sent when the transaction holds. */
  put(trx: Kysely<Schema>, letter: WrittenLetter & { to: string }): Promise<void>
  /** After that: need not wait for the next round. */
  wake(): void
}

/** From where letters come, and in which language they are to people who have not said theirs. */
export interface Sender {
  /** '': it has no name. */
  organisation(): string
  language(): LetterLanguage
}

export const languageOf = (locale: string, otherwise: LetterLanguage): LetterLanguage =>
  Object.hasOwn(letterTexts, locale) ? (locale as LetterLanguage) : otherwise

export type LetterOrder =
  | { kind: 'signIn'; url: string; minutes: number }
  | { kind: 'invitation' | 'newPassword'; url: string; hours: number; display: string }
  /** `who` asks to look after the mail of `address`. */
  | { kind: 'delegation'; code: string; hours: number; who: string; address: string }

export function writeLetterOf(
  language: LetterLanguage,
  organisation: string,
  order: LetterOrder,
): WrittenLetter {
  const text = letterTexts[language]
  const where = text.quarantine(shown(organisation))
  return layOut(
    language,
    wordsOf(text, where, order),
    order.kind === 'delegation' ? { code: order.code } : order,
  )
}

function wordsOf(text: LetterText, where: string, order: LetterOrder): Words {
  switch (order.kind) {
    case 'signIn':
      return text.signIn(where, order.minutes)
    case 'invitation':
    case 'newPassword':
      return text[order.kind](where, shown(order.display), text.hours(order.hours))
    case 'delegation':
      return text.delegation(where, shown(order.who), shown(order.address), text.hours(order.hours))
  }
}

const shownChars = 320
const shown = (words: string): string => neutralLine(words.replace(/\s+/g, ' ').trim().slice(0, shownChars))

const font =
  'font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5'
const button =
  'display:inline-block;padding:10px 18px;border:1px solid #808080;border-radius:6px;text-decoration:none'
const large = 'font-family:ui-monospace,Consolas,monospace;font-size:24px;letter-spacing:2px'

/** Short lines: what is longer would be broken up by quoted-printable. */
function layOut(
  language: LetterLanguage,
  { subject, lead, action, after }: Words,
  key: { url: string } | { code: string },
): WrittenLetter {
  const paragraphs = (texts: readonly string[]) => texts.map((one) => `<p>${escapeHtml(one)}</p>\n`).join('')
  const asText = 'url' in key ? key.url : key.code
  const asHtml =
    'url' in key
      ? `<p><a style="${button}"\nhref="${escapeHtml(key.url)}">${escapeHtml(action)}</a></p>\n`
      : `<p>${escapeHtml(action)}<br>\n<span style="${large}">${escapeHtml(key.code)}</span></p>\n`
  return {
    subject,
    text: `${[...lead, `${action}:\n${asText}`, ...after].join('\n\n')}\n`,
    html:
      `<!DOCTYPE html>\n<html lang="${language}">\n<head>\n<meta charset="utf-8">\n` +
      '<meta name="viewport" content="width=device-width">\n' +
      '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n' +
      `<title>${escapeHtml(subject)}</title>\n</head>\n` +
      `<body style="margin:0;padding:16px">\n<div style="max-width:640px;margin:0 auto;${font}">\n` +
      `<h1 style="font-size:20px;margin:0 0 8px">${escapeHtml(subject)}</h1>\n` +
      `${paragraphs(lead)}${asHtml}${paragraphs(after)}</div>\n</body>\n</html>\n`,
  }
}
