/**
 * Environment overrides: LAZARET_SECTION_KEY for every key of the configuration, for containers and secrets. A value is
 * read as what its key takes: text, a number, true/false, JSON, or a list with commas.
 */
import type { Option, Section } from '../options.ts'
import { type Finding, nearest, pathOf } from './check.ts'

/** Names that are not keys of the configuration, each with what it is for. */
export const otherNames = {
  LAZARET_CONFIG: 'the configuration file',
  LAZARET_ADMIN_PASSWORD: 'the password of the first administrator, when the store is new',
  LAZARET_URL: 'where the command line finds the server',
  LAZARET_KEY: 'the API key that the command line uses',
} as const

export interface Overrides {
  /** By `section.key`. */
  values: Record<string, unknown>
  /** The variable that gave each. */
  names: Record<string, string>
  /** Names that begin with LAZARET_ and mean nothing: told, not refused, since other software may set them. */
  unknown: Finding[]
}

export function environmentOverrides(
  sections: Record<string, Section>,
  environment: Record<string, string | undefined>,
): Overrides {
  const known = new Map<string, { path: string; option: Option<unknown> }>()
  for (const section of Object.values(sections))
    for (const [key, option] of Object.entries(section.options))
      known.set(variableName(section.name, key), { path: pathOf(section.name, key), option })

  const overrides: Overrides = { values: {}, names: {}, unknown: [] }
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('LAZARET_') || text === undefined || Object.hasOwn(otherNames, name)) continue
    const target = known.get(name)
    if (target) {
      overrides.values[target.path] = readingOf(target.option, text)
      overrides.names[target.path] = name
    } else {
      const near = nearest(name, [...known.keys(), ...Object.keys(otherNames)])
      const remedy = near ? `Did you mean ${near}?` : 'See `lazaret config example` for the keys.'
      overrides.unknown.push({
        where: name,
        key: '',
        reason: 'this environment variable means nothing to Lazaret',
        remedy,
      })
    }
  }
  return overrides
}

/** `LAZARET_SMTP_LISTEN` */
export const variableName = (section: string, key: string): string =>
  `LAZARET_${section === '' ? '' : `${section}_`}${key}`.toUpperCase()

/** The first reading that the key's check takes; when none does, the most telling one, to be complained about. */
function readingOf(option: Option<unknown>, text: string): unknown {
  const json = parsedJson(text)
  const list = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const readings: unknown[] = [text, ...(json === undefined ? [] : [json]), list]
  return readings.find((reading) => option.check.safeParse(reading).success) ?? json ?? text
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
