/**
 * Checks settings against the declarations of every part (options.ts of each folder). Finds everything that is wrong
 * at once; each finding says where, what, why, and what to do. Settings come from a TOML file and from environment
 * variables LAZARET_SECTION_KEY, which win over the file.
 */
import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { complaint } from '../api/complaint.ts'
import type { Option, Section } from '../options.ts'
import { lineOf, type Positions, positionsOf } from './positions.ts'

export interface Finding {
  /** `lazaret.toml:12`, `LAZARET_SMTP_PORT`. */
  where: string
  /** `smtp.port`; '' when the finding is about the file as a whole. */
  key: string
  reason: string
  remedy: string
}

export type Values = Record<string, Record<string, unknown>>
/** By name; the section '' has the tables that stand on their own, such as [[rules]]. */
type Sections = Record<string, Section>

export const pathOf = (section: string, key: string): string => (section === '' ? key : `${section}.${key}`)

/** `lazaret.toml:12: smtp.prot: unknown key. Did you mean smtp.port?` */
export const findingLine = (finding: Finding): string =>
  `${finding.where}: ${finding.key ? `${finding.key}: ` : ''}${finding.reason}.${finding.remedy ? ` ${finding.remedy}` : ''}`

export interface Checked {
  /** Every section whole: what was given, otherwise defaults. */
  values: Values
  findings: Finding[]
  /** `lazaret.toml:12`: where a key or what is around it stands. */
  where: (path: (string | number)[]) => string
}

export function checkSettings(
  sections: Sections,
  file: { name: string; text: string } | null,
  environment: Record<string, unknown>,
  environmentNames: Record<string, string>,
): Checked {
  const findings: Finding[] = []
  const values: Values = {}
  const tree = file ? parseFile(file, findings) : {}
  const positions: Positions = file && findings.length === 0 ? positionsOf(file.text) : new Map()
  const where = (path: (string | number)[]) => {
    const line = lineOf(positions, path)
    return line ? `${file?.name}:${line}` : (file?.name ?? 'configuration')
  }

  for (const [name, given] of Object.entries(tree)) {
    if (Object.hasOwn(sections['']?.options ?? {}, name)) continue
    const section = name !== '' && Object.hasOwn(sections, name) ? sections[name] : undefined
    if (!section) findings.push(unknownSection(sections, name, given, where([name])))
    else if (!isTable(given))
      findings.push({
        where: where([name]),
        key: name,
        reason: 'is a section, not a key',
        remedy: `Write [${name}] on a line of its own and the keys below it.`,
      })
    else
      for (const key of Object.keys(given))
        if (!Object.hasOwn(section.options, key)) findings.push(unknownKey(section, key, where([name, key])))
  }

  for (const [name, section] of Object.entries(sections)) {
    const table = name === '' ? tree : tree[name]
    const result: Record<string, unknown> = {}
    for (const [key, option] of Object.entries(section.options)) {
      const path = pathOf(name, key)
      result[key] = option.default
      if (Object.hasOwn(environment, path)) {
        const checked = option.check.safeParse(environment[path])
        if (checked.success) result[key] = checked.data
        else findings.push(...badValue(path, option, checked.error, () => environmentNames[path] ?? path))
      } else if (isTable(table) && Object.hasOwn(table, key)) {
        const checked = option.check.safeParse(table[key])
        if (checked.success) result[key] = checked.data
        else
          findings.push(
            ...badValue(path, option, checked.error, (inner) => where([...path.split('.'), ...inner])),
          )
      }
    }
    values[name] = result
  }
  return { values, findings, where }
}

function parseFile(file: { name: string; text: string }, findings: Finding[]): Record<string, unknown> {
  try {
    return parse(file.text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = (error.message.split('\n')[0] ?? '')
      .replace(/^Invalid TOML document: /, '')
      .replace(/\.$/, '')
    findings.push({
      where: `${file.name}:${error.line}`,
      key: '',
      reason: `not TOML: ${reason}`,
      remedy: 'See https://toml.io for the format.',
    })
    return {}
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

function unknownSection(sections: Sections, name: string, given: unknown, where: string): Finding {
  if (!isTable(given) && !Array.isArray(given)) {
    const homes = Object.values(sections).filter(({ options }) => Object.hasOwn(options, name))
    const remedy =
      homes.length > 0
        ? `Put it below ${homes.map((home) => `[${home.name}]`).join(' or ')}.`
        : 'Keys belong below a [section].'
    return { where, key: name, reason: 'a key outside of any section', remedy }
  }
  const known = [
    ...Object.keys(sections).filter((known) => known !== ''),
    ...Object.keys(sections['']?.options ?? {}).map((list) => `[${list}]`),
  ]
  const near = nearest(name, known)
  const remedy = near
    ? `Did you mean [${near}]?`
    : `There are ${known.map((known) => `[${known}]`).join(', ')}.`
  return { where, key: name, reason: 'unknown section', remedy }
}

function unknownKey(section: Section, key: string, where: string): Finding {
  const near = nearest(key, Object.keys(section.options))
  const remedy = near
    ? `Did you mean ${section.name}.${near}?`
    : `Keys: ${Object.keys(section.options).join(', ')}.`
  return { where, key: `${section.name}.${key}`, reason: 'unknown key', remedy }
}

function badValue(
  path: string,
  option: Option<unknown>,
  error: z.ZodError,
  where: (inner: (string | number)[]) => string,
): Finding[] {
  return error.issues.slice(0, 10).map((issue) => {
    const inner = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : []
    const at = unknown[0] === undefined ? inner : [...inner, unknown[0]]
    return {
      where: where(at),
      key: [path, ...inner].join('.'),
      reason: complaint(issue.message),
      remedy:
        unknown[0] !== undefined
          ? meant(unknown[0], keysAt(option.check, issue.path))
          : inner.length > 0
            ? ''
            : `${firstSentence(option.doc)} Default: ${JSON.stringify(option.default)}.`,
    }
  })
}

function meant(word: string, known: string[]): string {
  const near = nearest(word, known)
  if (near !== null) return `Did you mean ${near}?`
  return known.length > 0 ? `Keys: ${known.join(', ')}.` : ''
}

/** As much as is needed here of what Zod's schemas have. */
interface Shaped {
  shape?: Record<string, Shaped>
  element?: Shaped
  unwrap?: () => Shaped
}

/** The keys that a table within a value may have. */
function keysAt(check: z.ZodType, path: readonly PropertyKey[]): string[] {
  const bare = (schema: Shaped | undefined): Shaped | undefined =>
    schema && !schema.shape && !schema.element && schema.unwrap ? bare(schema.unwrap()) : schema
  let at = bare(check as Shaped)
  for (const part of path) at = bare(typeof part === 'number' ? at?.element : at?.shape?.[String(part)])
  return Object.keys(at?.shape ?? {})
}

const firstSentence = (doc: string): string => /^[\s\S]*?[.!?](?=\s|$)/.exec(doc)?.[0] ?? doc

/** The known word that was probably meant, or null. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const distance = edits(word.toLowerCase().replaceAll('-', '_'), candidate.toLowerCase())
    if (distance < least) {
      least = distance
      best = candidate
    }
  }
  return best ?? known.find((candidate) => word.length > 2 && candidate.includes(word.toLowerCase())) ?? null
}

/** Damerau-Levenshtein distance (adjacent letters swapped count one). */
function edits(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    const above = rows[i - 1] as number[]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(
        (above[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (above[j - 1] as number) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (rows[i - 2] as number[])[j - 2]! + 1)
      row.push(cost)
    }
    rows.push(row)
  }
  return (rows[a.length] as number[])[b.length] as number
}
