/**
 * The values that spam filters write into their header fields, taken apart: SpamAssassin's and amavis' X-Spam-Status,
 * Rspamd's X-Spamd-Result. Linear; what does not look right reads as nothing.
 */
import type { Symptom } from './scanner.ts'

export interface SpamStatus {
  isSpam: boolean
  score: number | null
  threshold: number | null
  symptoms: Symptom[]
}

const number = /^[+-]?\d{1,9}(?:\.\d{1,9})?/

export const scoreOf = (value: string): number | null => {
  const match = number.exec(value.trim())
  return match ? Number(match[0]) : null
}

/** `*****`, `+++++`: how many; null when the value is anything else. `--` is negative. */
export function levelScore(value: string): number | null {
  const mark = value.trim()
  if (mark === '' || mark.length > 1_000 || !/^(?:\*+|\++|-+|s+|x+)$/.test(mark)) return null
  return mark.startsWith('-') ? -mark.length : mark.length
}

export const saysYes = (value: string): boolean => /^(?:yes|true|spam|1)\b/i.test(value.trim())

/** `Yes, score=7.3 tagged_above=-999 required=5 tests=[BAYES_50=0.8, DKIM_SIGNED=0.1] autolearn=no`. */
export function readSpamStatus(value: string): SpamStatus {
  const after = (key: string) => {
    const at = value.search(new RegExp(`\\b${key}=`, 'i'))
    return at < 0 ? '' : value.slice(at + key.length + 1).trimStart()
  }
  const listed = after('tests')
  const list = listed.startsWith('[') ? listed.slice(1).split(']', 1)[0]! : listed.split(/\s+(?=\w+=)/, 1)[0]!
  return {
    isSpam: saysYes(value),
    score: scoreOf(after('score')) ?? scoreOf(after('hits')),
    threshold: scoreOf(after('required')),
    symptoms: list
      .split(/[,\s]+/)
      .filter((word) => /^[\w.-]+(?:=[\d.+-]+)?$/.test(word) && word.toLowerCase() !== 'none')
      .map((word) => {
        const [name = '', score] = word.split('=')
        return { name: name.slice(0, 100), score: score === undefined ? null : scoreOf(score), detail: '' }
      }),
  }
}

export interface SpamdResult {
  isSpam: boolean
  score: number
  threshold: number
  symptoms: Symptom[]
}

const resultHead =
  /^[^:;]{0,100}:\s*(True|False)\s*(?:\(?[^[(]{0,50}\)?)?\s*\[\s*([+-]?[\d.]{1,20})\s*\/\s*([+-]?[\d.]{1,20})\s*\]/i
const symbol = /^([A-Za-z0-9_]{1,100})\((-?\d[\d.]{0,20})\)(?:\[(.*)\])?$/s

/** `default: False [7.10 / 15.00]; BAYES_SPAM(5.10)[99.9%]; MIME_GOOD(-0.10)[text/plain]`. */
export function readSpamdResult(value: string): SpamdResult | null {
  const head = resultHead.exec(value)
  if (!head) return null
  const score = Number(head[2])
  const threshold = Number(head[3])
  if (!Number.isFinite(score) || !Number.isFinite(threshold)) return null
  const symptoms: Symptom[] = []
  for (const part of value.slice(head[0].length).split(';')) {
    const match = symbol.exec(part.trim())
    if (match)
      symptoms.push({ name: match[1]!, score: Number(match[2]), detail: (match[3] ?? '').slice(0, 200) })
  }
  return { isSpam: /true/i.test(head[1]!) || score >= threshold, score, threshold, symptoms }
}

/** What an Rspamd action says of the mail. */
export function actionResult(action: string): 'spam' | 'suspect' | 'clean' {
  const word = action.trim().toLowerCase()
  if (/^(reject|add[ _-]header|rewrite[ _-]subject|quarantine|discard)/.test(word)) return 'spam'
  return word.startsWith('soft') ? 'suspect' : 'clean'
}
