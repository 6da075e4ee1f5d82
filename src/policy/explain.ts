/**
 * The sentence that tells people why their mail is where it is. Names, addresses and scanners' words come from the
 * message or from afar: they are cleaned of controls and reversed writing, and the whole is cut to a length.
 */
import type { Symptom, Verdict } from '../scan/scanner.ts'
import type { Disposition } from './decision.ts'

export const explanationChars = 300
const wordChars = 120

/** Scanners of our own, whose details are clauses: "it contains …", "the attachment … is …". */
const speaking = new Set(['attachments', 'patterns'])

const deeds: Record<Disposition, string> = {
  deliver: 'Passed',
  quarantine: 'Held',
  reject: 'Refused',
  defer: 'Put off',
}

/** `Held because <why> (rule <name>).` */
export function explain(disposition: Disposition, why: readonly string[], rule: string): string {
  const end = rule === '' ? '.' : ` (rule ${plain(rule, 100)}).`
  const begin = `${deeds[disposition]} because `
  const room = explanationChars - begin.length - end.length
  let reason = cut(why[0] ?? 'a rule says so', room)
  for (const more of why.slice(1)) if (reason.length + more.length + 5 <= room) reason += ` and ${more}`
  return begin + reason + end
}

/** Of a copy that was to be refused and is held, since another recipient's is accepted. */
export const heldInstead = (explanation: string): string =>
  explanation.startsWith(`${deeds.reject} because `)
    ? deeds.quarantine + explanation.slice(deeds.reject.length)
    : explanation

/** Why a verdict counts, in words; `symptom` is the one that a rule asked for. */
export function verdictReason(verdict: Verdict, symptom: Symptom | null): string {
  const scanner = plain(verdict.scanner, 40)
  const detail = plain(symptom?.detail || verdict.detail, 160)
  if (speaking.has(verdict.scanner) && detail !== '') return detail
  if (verdict.result === 'failed')
    return `the scanner ${scanner} failed${detail === '' ? '' : ` (${detail})`}`
  const name = symptom ? plain(symptom.name, 60) : ''
  if (verdict.result === 'malware') return `the scanner ${scanner} found malware${bracketed(name, detail)}`
  const called = verdict.result === 'suspect' ? 'suspicious' : verdict.result
  return `the scanner ${scanner} calls it ${called}${bracketed(score(verdict), name, detail)}`
}

function score(verdict: Verdict): string {
  if (verdict.score === null) return ''
  return verdict.threshold === null
    ? `score ${verdict.score}`
    : `score ${verdict.score} of ${verdict.threshold}`
}

function bracketed(...words: string[]): string {
  const said = words.filter((word) => word !== '')
  return said.length === 0 ? '' : ` (${said.join(', ')})`
}

/** Text from outside, for a sentence: no controls, no format characters such as reversed writing, one line, cut. */
export function plain(text: string, limitChars = wordChars): string {
  return cut(
    text
      .replace(/[\p{Cf}]/gu, '')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim(),
    limitChars,
  )
}

function cut(text: string, limitChars: number): string {
  if (text.length <= limitChars) return text.toWellFormed()
  // The end of a file name tells most, so the middle goes.
  const tail = Math.min(30, Math.floor(limitChars / 3))
  return `${text.slice(0, limitChars - tail - 1)}…${text.slice(-tail)}`.toWellFormed()
}
