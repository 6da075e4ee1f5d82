/**
 * Checks what a request gives against the route's schemas. A complaint names the parameter, what is wrong with it and
 * what is allowed; what is not known is refused, since a misspelt criterion would find everything.
 */
import type { z } from 'zod'
import { complaint } from '../api/complaint.ts'
import { Problem } from '../problem.ts'

export interface Finding {
  field: string
  reason: string
}

const findingsLimit = 20

/** @throws Problem 'invalid' with every finding; 'not-found' for a path. */
export function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  where: 'path' | 'query' | 'body',
): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const findings = result.error.issues
    .flatMap((issue) => findingsOf(issue, schema, where))
    .slice(0, findingsLimit)
  const [first] = findings
  const told = findings.map(({ field, reason }) => `${field}: ${reason}`).join('; ')
  // What cannot be an id is nobody's id.
  if (where === 'path') throw new Problem('not-found', `There is no such thing. ${told}.`, 'Check the path.')
  throw new Problem('invalid', `${told}.`, 'See /api for what is allowed.', {
    field: first?.field ?? where,
    findings,
  })
}

function findingsOf(issue: z.core.$ZodIssue, schema: z.ZodType, where: string): Finding[] {
  const path = issue.path.map(String).join('.')
  if (issue.code !== 'unrecognized_keys') return [{ field: path || where, reason: complaint(issue.message) }]
  const known = path === '' ? Object.keys(shapeOf(schema)) : []
  const allowed = known.length > 0 ? `; known are ${known.join(', ')}` : ''
  const what = where === 'query' ? 'is no known parameter' : 'is no known member'
  return issue.keys.map((key) => ({
    field: [path, key.slice(0, 100)].filter((part) => part !== '').join('.'),
    reason: `${what}${allowed}`,
  }))
}

const shapeOf = (schema: z.ZodType): object =>
  'shape' in schema && typeof schema.shape === 'object' && schema.shape !== null ? schema.shape : {}

/**
 * Query parameters by name. An empty value is the same as none: forms send those.
 * @throws Problem 'invalid' for a parameter given twice.
 */
export function readQuery(url: string): Record<string, string> {
  const at = url.indexOf('?')
  const values: Record<string, string> = Object.create(null)
  if (at < 0) return values
  for (const [name, value] of new URLSearchParams(url.slice(at + 1).replace(/#.*$/s, ''))) {
    if (name in values)
      throw new Problem('invalid', `${name.slice(0, 100)} is given more than once.`, 'Give it once.', {
        field: name.slice(0, 100),
      })
    if (value !== '') values[name] = value
  }
  return values
}
