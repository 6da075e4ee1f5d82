/**
 * The API's manual as one page, made from the OpenAPI document: no scripts, nothing from elsewhere, readable on a phone,
 * in light and dark. Everything from the document is escaped, though it is our own.
 */
import { createHash } from 'node:crypto'
import { escapeHtml } from '../render/entities.ts'
import type { OpenApiDocument } from './openapi.ts'

export interface ManualPage {
  html: string
  /** SHA-256 of the style sheet, base64, for the page's policy. */
  styleHash: string
}

interface Schema {
  $ref?: string
  type?: string | string[]
  format?: string
  enum?: unknown[]
  default?: unknown
  description?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  allOf?: Schema[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema?: Schema
  description?: string
}

interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>
}

export function manualPage(document: OpenApiDocument): ManualPage {
  const operations = operationsOf(document)
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>)
  const title = `${document.info.title} ${document.info.version}: API`
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(document.info.description ?? '')}</p>
<p>For programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1).</p></header>
<nav aria-label="Sections">${[...tags, 'schemas'].map((tag) => `<a href="#${escapeHtml(tag)}">${escapeHtml(tag)}</a>`).join(' ')}</nav>
<main>
${tags
  .map((tag) =>
    section(
      tag,
      operations.filter((operation) => operation.tag === tag),
    ),
  )
  .join('\n')}
<section id="schemas"><h2>schemas</h2>
${schemas.map(([name, schema]) => `<details id="schema-${escapeHtml(name)}"><summary><code>${escapeHtml(name)}</code></summary>${shape(schema)}</details>`).join('\n')}
</section>
</main>
</body>
</html>
`
  return { html, styleHash: createHash('sha256').update(style).digest('base64') }
}

interface Listed extends Operation {
  method: string
  path: string
  tag: string
}

const methods = ['get', 'post', 'patch', 'put', 'delete'] as const

function operationsOf(document: OpenApiDocument): Listed[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = (item as Record<string, Operation | undefined>)[method]
      return operation ? [{ ...operation, method, path, tag: operation.tags?.[0] ?? '' }] : []
    }),
  )
}

const section = (tag: string, operations: Listed[]): string =>
  `<section id="${escapeHtml(tag)}"><h2>${escapeHtml(tag)}</h2>\n${operations.map(article).join('\n')}</section>`

function article(operation: Listed): string {
  const {
    method,
    path,
    summary = '',
    description = '',
    parameters = [],
    requestBody,
    responses = {},
  } = operation
  const body = requestBody?.content['application/json']?.schema
  const done = Object.entries(responses).find(([status]) => status !== 'default')
  return `<details id="${escapeHtml(operation.operationId ?? path)}">
<summary><span class="method ${method}">${method.toUpperCase()}</span> <code>${escapeHtml(path)}</code> <span class="what">${escapeHtml(summary)}</span></summary>
<p>${escapeHtml(description)}</p>
${parameters.length > 0 ? `<h3>Parameters</h3>${rows(parameters.map((given) => [given.name, given.schema ?? {}, given.required === true, given.description ?? given.schema?.description ?? '']))}` : ''}
${body ? `<h3>Body (JSON)</h3>${shape(body)}` : ''}
${done ? `<h3>Answer</h3>${answer(done[0], done[1].content ?? {})}` : ''}
</details>`
}

function answer(status: string, content: Record<string, { schema?: Schema }>): string {
  const [type, { schema = {} } = {}] = Object.entries(content)[0] ?? []
  if (!type) return `<p>${escapeHtml(status)}, no content</p>`
  return `<p>${escapeHtml(status)} <code>${escapeHtml(type)}</code>: ${typeText(schema)}</p>`
}

function shape(schema: Schema): string {
  const { properties, required = [], description = '' } = schema
  const intro = description === '' ? '' : `<p>${escapeHtml(description)}</p>`
  if (!properties) return `${intro}<p>${typeText(schema)}</p>`
  const members = Object.entries(properties)
  return (
    intro +
    rows(members.map(([name, member]) => [name, member, required.includes(name), member.description ?? '']))
  )
}

type Row = [name: string, schema: Schema, required: boolean, description: string]

const rows = (list: Row[]): string =>
  `<dl>${list
    .map(
      ([name, schema, required, description]) =>
        `<dt><code>${escapeHtml(name)}</code>${required ? '' : ' <span class="optional">optional</span>'}</dt><dd>${typeText(schema)}${description === '' ? '' : `<br>${escapeHtml(description)}`}</dd>`,
    )
    .join('')}</dl>`

function typeText(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.replace(/^.*\//, '')
    return `<a href="#schema-${escapeHtml(name)}">${escapeHtml(name)}</a>`
  }
  if (schema.allOf) return schema.allOf.map(typeText).join(' and ')
  if (schema.enum) return schema.enum.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(' | ')
  if (schema.items) return `list of ${typeText(schema.items)}${limits(schema)}`
  const type = [schema.type ?? 'anything'].flat().join(' or ')
  const inner = schema.properties ? `: ${Object.keys(schema.properties).map(escapeHtml).join(', ')}` : ''
  return `${escapeHtml(schema.format === 'date-time' ? type.replace('string', 'time') : type)}${limits(schema)}${inner}`
}

function limits(schema: Schema): string {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = schema
  const range = (least: number | undefined, most: number | undefined, unit: string) =>
    least === undefined && most === undefined
      ? ''
      : most === undefined || most === Number.MAX_SAFE_INTEGER
        ? `, at least ${least}${unit}`
        : `, ${least ?? 0} to ${most}${unit}`
  const initial = schema.default === undefined ? '' : `, default ${JSON.stringify(schema.default)}`
  return escapeHtml(
    range(minimum, maximum, '') +
      range(minLength, maxLength, ' characters') +
      range(minItems, maxItems, ' of them') +
      initial,
  )
}

const style = `
:root{color-scheme:light dark;--line:light-dark(#d5d9e0,#3a404a);--dim:light-dark(#55606e,#a3adba);--back:light-dark(#f5f7f9,#1d2128);--link:light-dark(#0b5cad,#7fb8f5)}
*{box-sizing:border-box}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;background:light-dark(#fff,#14171c);color:light-dark(#1b2026,#e6e9ee)}
h1{font-size:1.5rem;line-height:1.2}
h2{font-size:1.2rem;margin:2rem 0 .5rem;text-transform:capitalize}
h3{font-size:1rem;margin:1rem 0 .25rem}
a{color:var(--link)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem}
nav a{padding:.35rem 0}
details{border:1px solid var(--line);border-radius:.4rem;margin:.4rem 0;padding:0 .75rem;overflow-wrap:anywhere}
details[open]{padding-bottom:.75rem}
summary{cursor:pointer;padding:.6rem 0}
summary:focus-visible,a:focus-visible{outline:2px solid var(--link);outline-offset:2px}
code{font:.92em ui-monospace,monospace}
.method{display:inline-block;min-width:4.2em;font:600 .8rem ui-monospace,monospace;text-align:center;border-radius:.25rem;padding:.1rem .3rem;background:var(--back);border:1px solid var(--line)}
.what,.optional{color:var(--dim)}
.optional{font-size:.85rem}
dl{margin:0;display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;border-top:1px solid var(--line)}
dt,dd{margin:0;padding:.4rem .5rem .4rem 0;border-bottom:1px solid var(--line)}
@media (max-width:40rem){dl{display:block}dt{border:0;padding-bottom:0}}
`
