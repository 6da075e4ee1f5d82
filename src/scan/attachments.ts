/**
 * What names and contents of attachments give away: programs, scripts, second extensions, contents that are not what
 * the name or the declared type says. Works on what mail/reader.ts found; opens nothing.
 */
import { extensionOf } from '../mail/entity.ts'
import type { Attachment } from '../mail/message.ts'
import { type Kind, kindByExtension, kindByType, macroExtensions } from './kinds.ts'
import type { ImmediateScanner, Symptom } from './scanner.ts'

/** Symptoms of one name in one mail: many harmless attachments must not push the harmful one out of the list. */
const sameSymptomsLimit = 5
const shownNameChars = 120

/** Those by which a mail becomes suspect; the others are for rules that ask for them. */
const harmful = new Set([
  'EXECUTABLE_NAME',
  'EXECUTABLE_CONTENT',
  'SCRIPT_NAME',
  'SHORTCUT_NAME',
  'DISK_IMAGE',
  'DOUBLE_EXTENSION',
  'TYPE_MISMATCH',
  'BIDI_NAME',
  'BLANKS_IN_NAME',
])

export const attachmentsScanner: ImmediateScanner = {
  name: 'attachments',
  immediate: true,
  scan({ facts: { attachments } }) {
    if (attachments.length === 0) return null
    const symptoms: Symptom[] = []
    const counts = new Map<string, number>()
    for (const attachment of attachments)
      for (const symptom of symptomsOf(attachment)) {
        const count = (counts.get(symptom.name) ?? 0) + 1
        counts.set(symptom.name, count)
        if (count <= sameSymptomsLimit) symptoms.push(symptom)
      }
    const worst = symptoms.find(({ name }) => harmful.has(name))
    return {
      scanner: 'attachments',
      result: worst ? 'suspect' : 'clean',
      score: null,
      threshold: null,
      symptoms,
      detail: (worst ?? symptoms[0])?.detail ?? '',
      tookMs: 0,
    }
  },
}

/** Extensions of programs that a subject may well end in: `Your order at shop.com`. */
const domainEndings: ReadonlySet<string> = new Set(['com', 'app', 'run', 'air', 'zip', 'website', 'link'])

const blank = /[\s\u00a0\u2000-\u200f\u2028-\u202f\u205f\u2060-\u2064\u3000\ufeff]/u
const bidi = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/

/** The most telling symptom first. */
export function symptomsOf(attachment: Attachment): Symptom[] {
  const { name, type, trueType } = attachment
  const isMessage = type === 'message/rfc822' || type === 'message/global'
  // A forwarded message is often named after its subject, which may end in anything that domains end in.
  if (isMessage && (domainEndings.has(extensionOf(name)) || kindByExtension(extensionOf(name)) === null))
    return []
  const found: Symptom[] = []
  const shown = name === '' ? 'without a name' : shownName(name)
  const add = (symptom: string, says: string) =>
    found.push({ name: symptom, score: null, detail: `the attachment ${shown} ${says}` })
  const extension = extensionOf(name)
  const nameKind = kindByExtension(extension)
  const trueKind = trueType === null ? null : kindByType(trueType)
  const isActive = nameKind === 'program' || nameKind === 'script' || nameKind === 'shortcut'
  const what = `a ${nameKind}`
  if (isActive && hasSecondExtension(name))
    add('DOUBLE_EXTENSION', `is ${what} disguised by a second extension`)
  if (bidi.test(name)) add('BIDI_NAME', 'has a name with reversed writing, which hides what it is')
  if (isActive && hasLongBlank(name)) add('BLANKS_IN_NAME', `is ${what} whose name hides that behind blanks`)
  const claimed = trueKind === null ? null : contradicted(nameKind ?? kindByType(type), trueKind, extension)
  if (claimed !== null) add('TYPE_MISMATCH', `claims to be a ${claimed} but is ${article(trueKind!)}`)
  else if (trueKind !== null) {
    const declared = contradicted(kindByType(type), trueKind, extension)
    if (declared !== null && nameKind !== trueKind)
      add('TYPE_MISMATCH', `is declared as a ${declared} but is ${article(trueKind)}`)
  }
  if (nameKind === 'program') add('EXECUTABLE_NAME', 'is a program')
  if (nameKind === 'script') add('SCRIPT_NAME', 'is a script')
  if (nameKind === 'shortcut') add('SHORTCUT_NAME', 'is a shortcut')
  if (trueKind === 'program' || trueKind === 'shortcut') add('EXECUTABLE_CONTENT', `contains a ${trueKind}`)
  if (nameKind === 'disk image' || trueKind === 'disk image') add('DISK_IMAGE', 'is a disk image')
  if (macroExtensions.has(extension)) add('MACRO_DOCUMENT', 'is a document that may contain macros')
  // Office formats are zip archives, and some programs export web pages under their names.
  const content = nameKind === 'document' ? null : trueKind
  if (nameKind === 'web page' || (content === 'web page' && name !== '')) add('WEB_PAGE', 'is a web page')
  if (nameKind === 'archive' || content === 'archive') add('ARCHIVE', 'is an archive')
  return found
}

const article = (kind: Kind): string => (kind === 'archive' ? 'an archive' : `a ${kind}`)

/** `invoice.pdf.exe`: what stands before the last extension is another, harmless one. */
function hasSecondExtension(name: string): boolean {
  const stem = name.replace(/[. ]+$/, '')
  const before = extensionOf(stem.slice(0, Math.max(0, stem.lastIndexOf('.'))).trimEnd())
  const kind = kindByExtension(before.trim())
  return kind !== null && kind !== 'program' && kind !== 'script'
}

function hasLongBlank(name: string): boolean {
  let run = 0
  for (const char of name) {
    run = blank.test(char) ? run + 1 : 0
    if (run >= 5) return true
  }
  return false
}

const telling: ReadonlySet<Kind> = new Set([
  'program',
  'script',
  'shortcut',
  'disk image',
  'archive',
  'web page',
])

/** What the file claims to be, when its content contradicts that in a way that matters; else null. */
function contradicted(claimed: Kind | null, truly: Kind, extension: string): Kind | null {
  if (claimed === null || claimed === truly || !telling.has(truly)) return null
  if (claimed === 'document' && (truly === 'archive' || truly === 'web page')) return null // office formats, exports
  if (claimed === 'text' && (truly === 'web page' || truly === 'script')) return null
  if (truly === 'script' && claimed !== 'picture' && claimed !== 'PDF document') return null
  if (truly === 'archive' && (claimed === 'program' || claimed === 'web page' || claimed === 'script'))
    return null
  if (claimed === 'program' || claimed === 'script' || claimed === 'shortcut') return null // bad enough by its name
  if (claimed === 'archive' && truly === 'program' && extension === 'zip') return claimed
  return claimed
}

/** For a sentence: no reversed writing, not too long. */
function shownName(name: string): string {
  const plain = name.replace(/[\p{Cc}\p{Cf}]/gu, '').replace(/\s{2,}/g, ' ')
  return plain.length <= shownNameChars ? plain : `${plain.slice(0, 80)}…${plain.slice(-30)}`.toWellFormed()
}
