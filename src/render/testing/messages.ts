/** Messages and looks for tests of what people see of them. */
import assert from 'node:assert/strict'
import { type Content, contentOf, pageOf } from '../content.ts'
import { createLooker, type Looked } from '../look.ts'
import type { Theme } from '../page.ts'
import { takePart } from '../take-part.ts'

export const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n`

/** Given in pieces, which must make no difference. */
export function look(message: string | Buffer, pieceBytes = 1000): Looked {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message
  const looker = createLooker()
  for (let at = 0; at < bytes.length; at += pieceBytes) looker.push(bytes.subarray(at, at + pieceBytes))
  return looker.end(false)
}

export const contentIn = (message: string | Buffer): Content => contentOf(look(message))
export const pageIn = (message: string | Buffer, theme: Theme = 'light'): string =>
  pageOf(look(message), theme)

export const htmlMail = (html: string, charset = 'utf-8'): string =>
  lines('From: a@example.org', `Content-Type: text/html; charset=${charset}`, '', html)

/** The bytes of one part, or null when there is no such part. */
export function partIn(message: string | Buffer, part: number, pieceBytes = 1000): Buffer | null {
  const bytes = typeof message === 'string' ? Buffer.from(message, 'utf8') : message
  const taker = takePart(part)
  const out: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes)
    out.push(...taker.push(bytes.subarray(at, at + pieceBytes)))
  out.push(...taker.end())
  return taker.found ? Buffer.concat(out) : null
}

const tag = /<(\/?)([a-z0-9]+)((?: [a-z-]+="[^"<>]*")*)>/y
const pair = / ([a-z-]+)="([^"]*)"/g
const elements = new Set(
  'a abbr address article aside b bdi big blockquote br caption center cite code col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'.split(
    ' ',
  ),
)
const attributes = new Set(
  'align alt bgcolor border cellpadding cellspacing class clear color colspan dir face height hspace nowrap rowspan size src start style type valign vspace width'.split(
    ' ',
  ),
)
const ours = new Set(['link', 'target', 'absent', 'mail', 'plain', 'told', 'between'])

/**
 * Complaints about a page that could do anything: every `<` must begin a tag of the list, with attributes of the list, in
 * the one form that no parser reads differently; every element that begins must end.
 */
export function harmsOf(page: string): string[] {
  const start = page.indexOf('<body>') + '<body>'.length
  const body = page.slice(start, page.lastIndexOf('</body>'))
  const harms: string[] = []
  const open: string[] = []
  for (let at = body.indexOf('<'); at >= 0; at = body.indexOf('<', at)) {
    tag.lastIndex = at
    const found = tag.exec(body)
    if (!found) return [...harms, `no tag: ${body.slice(at, at + 60)}`]
    const [whole, slash, name = '', given = ''] = found
    at += whole.length
    if (!elements.has(name) || (name === 'a' && given !== '')) harms.push(`element ${whole.slice(0, 60)}`)
    for (const [, attribute = '', value = ''] of given.matchAll(pair)) {
      if (!attributes.has(attribute)) harms.push(`attribute ${attribute}`)
      if (attribute === 'class' && !ours.has(value)) harms.push(`class ${value}`)
      if (attribute === 'src' && !/^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*$/.test(value))
        harms.push(`src ${value.slice(0, 60)}`)
      if (
        attribute === 'style' &&
        /url|expression|import|position|var\(|\\|@|&lt;|-webkit|-moz|behavior/i.test(value)
      )
        harms.push(`style ${value}`)
    }
    if (['br', 'hr', 'img', 'wbr', 'col'].includes(name)) continue
    if (slash === '') open.push(name)
    else if (open.pop() !== name) harms.push(`</${name}> ends something else`)
  }
  return open.length > 0 ? [...harms, `not ended: ${open.slice(0, 5).join(' ')}`] : harms
}

export const assertHarmless = (page: string, told = 'page'): void =>
  assert.deepEqual(
    harmsOf(page).map((harm) => `${told}: ${harm}`),
    [],
  )
