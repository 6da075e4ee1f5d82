/**
 * Areas and rules, checked and made ready. All that is wrong is told at once, each with the rule or area, the key and
 * what to do about it.
 */
import type { z } from 'zod'
import { Problem } from '../problem.ts'
import { type Area, areaSchema } from './area.ts'
import { compileRule, type Policy, type PolicySettings } from './decide.ts'
import { type Rule, ruleSchema } from './rule.ts'

const errorsShown = 50

/**
 * @param areas and @param rules as in the configuration file: defaults are filled in.
 * @throws Problem `invalid`, with all errors in its text and in `facts.errors`.
 */
export function compilePolicy(
  areas: readonly unknown[],
  rules: readonly unknown[],
  settings: PolicySettings,
): Policy {
  const errors: string[] = []
  const goodAreas = readTables('area', areaSchema, areas, errors)
  const goodRules = readTables('rule', ruleSchema, rules, errors)
  checkAreas(goodAreas, settings, errors)
  // Names of areas are compared only when all areas could be read, else every rule would seem wrong.
  for (const rule of goodRules)
    checkRule(rule, goodAreas.length === areas.length ? goodAreas : null, settings, errors)
  errors.push(...duplicates('rule', goodRules))
  if (errors.length > 0) {
    const shown = errors.slice(0, errorsShown).join('\n')
    throw new Problem('invalid', shown, 'Correct the [[areas]] and [[rules]] tables of the configuration.', {
      errors: errors.slice(0, errorsShown),
    })
  }
  const enabled = goodRules.filter((rule) => rule.enabled)
  return {
    areas: goodAreas,
    rules: goodRules,
    settings,
    compiled: enabled.map((rule) => compileRule(rule, settings)),
  }
}

function readTables<T>(
  kind: 'area' | 'rule',
  schema: z.ZodType<T>,
  tables: readonly unknown[],
  errors: string[],
): T[] {
  const good: T[] = []
  for (const [i, table] of tables.entries()) {
    const parsed = schema.safeParse(table, { reportInput: true })
    if (parsed.success) good.push(parsed.data)
    else for (const issue of parsed.error.issues) errors.push(`${called(kind, table, i)}: ${said(issue)}`)
  }
  return good
}

/** `rule "Spam"`, or its place when it has no usable name. */
function called(kind: string, table: unknown, index: number): string {
  const name = typeof table === 'object' && table !== null && 'name' in table ? table.name : undefined
  return typeof name === 'string' && name.trim() !== ''
    ? `${kind} "${name.slice(0, 100)}"`
    : `${kind} number ${index + 1}`
}

function said(issue: z.core.$ZodIssue): string {
  const key = issue.path
    .map((part) => (typeof part === 'number' ? `entry ${part + 1}` : String(part)))
    .join(' → ')
  const at = key === '' ? '' : `${key}: `
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${at}there is no key ${issue.keys.map((each) => `"${each}"`).join(', ')}; correct its name or take it out`
    case 'invalid_value':
      return `${at}must be one of ${issue.values.map((value) => `"${String(value)}"`).join(', ')}`
    case 'invalid_type':
      return issue.input === undefined ? `${at}is missing; add it` : `${at}must be ${article(issue.expected)}`
    default:
      return at + issue.message
  }
}

const article = (type: string): string => {
  if (type === 'array') return 'a list, in [ ]'
  if (type === 'object') return 'a table'
  if (type === 'int') return 'a whole number'
  if (type === 'string') return 'text, in quotes'
  if (type === 'boolean') return 'true or false'
  return `a ${type}`
}

function checkAreas(areas: readonly Area[], settings: PolicySettings, errors: string[]): void {
  errors.push(...duplicates('area', areas))
  if (settings.onScannerFailure === 'hold' && !areas.some(({ name }) => name === settings.unscannedArea))
    errors.push(
      `unscanned_area of [policy]: there is no area "${settings.unscannedArea}"; ${oneOf(areas)} or add it under [[areas]]`,
    )
  const { blockedArea = '' } = settings
  if (blockedArea !== '' && !areas.some(({ name }) => name === blockedArea))
    errors.push(
      `blocked_area of [policy]: there is no area "${blockedArea}"; ${oneOf(areas)} or add it under [[areas]]`,
    )
}

function checkRule(
  rule: Rule,
  areas: readonly Area[] | null,
  settings: PolicySettings,
  errors: string[],
): void {
  const error = (text: string) => errors.push(`rule "${rule.name}": ${text}`)
  if (rule.disposition === 'quarantine' && rule.area === '')
    error('area: is missing; say where held copies go')
  // A refused copy has to be held when others of the same mail are kept: one SMTP answer holds for all.
  else if (rule.disposition === 'reject' && rule.area === '')
    error(
      'area: is missing; say where a copy goes that has to be held because another recipient’s is accepted',
    )
  else if (rule.area !== '' && areas && !areas.some(({ name }) => name === rule.area))
    error(`area: there is no area "${rule.area}"; ${oneOf(areas)} or add it under [[areas]]`)
  const { who, when } = rule
  if (who.direction && who.direction !== 'any' && settings.ownDomains.length === 0)
    error('who → direction: needs to know your domains; set own_domains in [policy]')
  if (when.scanners && !when.results && !when.symptoms && when.score_at_least === undefined)
    error('when → scanners: says only which scanners count; add results, score_at_least or symptoms')
  const isForAll = Object.keys(when).length === 0 && Object.keys(who).length === 0
  if (isForAll && rule.enabled && (rule.disposition === 'reject' || rule.disposition === 'defer'))
    error(
      `when: without any condition this would ${rule.disposition} all mail; add a condition or who = { … }`,
    )
}

function duplicates(kind: string, tables: readonly { name: string }[]): string[] {
  const seen = new Set<string>()
  const errors: string[] = []
  for (const { name } of tables) {
    const key = name.toLowerCase()
    if (seen.has(key)) errors.push(`${kind} "${name}": is there twice; give each a name of its own`)
    seen.add(key)
  }
  return errors
}

const oneOf = (areas: readonly Area[]): string =>
  areas.length === 0 ? 'define it' : `write one of ${areas.map(({ name }) => `"${name}"`).join(', ')}`
