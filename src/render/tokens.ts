/**
 * HTML as a stream of tags and texts (WHATWG HTML §13.2.5, as far as mail needs it), for those who write something of
 * their own from it. It need not agree with any browser: nothing of what it reads is passed on as it stands. Linear: no
 * character is looked at more than a few times, whatever is unclosed. Never throws.
 */
import { decodeEntities } from './entities.ts'

/** By lower-case name, as written; the first of equal ones. */
export type Attributes = Map<string, string>

export interface HtmlReader {
  /** Characters, decoded. */
  text(text: string): void
  open(name: string, attributes: Attributes): void
  close(name: string): void
  /** What stands in a style sheet. */
  sheet?(css: string): void
}

const attributesLimit = 60
const nameChars = 30
const attributeEnd = /[\s/>=]/g
const valueEnd = /[\s>]/g
const blank = /[\s/]/
/** Elements that hold no tags; what is in them is dropped, or text. */
const rawElements = new Map<string, RegExp>(
  ['script', 'style', 'iframe', 'noembed', 'noframes', 'xmp', 'textarea', 'title'].map((name) => [
    name,
    new RegExp(`</${name}(?=[\\s/>])`, 'gi'),
  ]),
)
const shownRaw = new Set(['xmp', 'textarea'])

/** Within these, what else is raw holds tags; and these end them, besides their own end (WHATWG HTML §13.2.6.5). */
const foreign = new Set(['svg', 'math'])
const endsForeign = new Set(
  'b big blockquote body br center code dd div dl dt em embed font h1 h2 h3 h4 h5 h6 head hr i img li menu nobr ol p pre ruby s small span strong strike sub sup table td th tr tt u ul var a'.split(
    ' ',
  ),
)

export function readHtml(html: string, reader: HtmlReader): void {
  const state: State = { html, reader, isForeign: false, endless: new Set() }
  let at = 0
  while (at < html.length) {
    const tag = nextTag(html, at)
    if (tag > at) reader.text(decodeEntities(html.slice(at, tag)))
    if (tag === html.length) return
    at = markup(state, tag)
  }
}

interface State {
  html: string
  reader: HtmlReader
  isForeign: boolean
  /** Raw elements that have no end from here on: what follows them is shown, lest it be hidden from whoever looks. */
  endless: Set<string>
}

/** Index of the next `<` that begins something, or the end. */
function nextTag(html: string, from: number): number {
  for (let at = html.indexOf('<', from); at >= 0; at = html.indexOf('<', at + 1))
    if (/[a-z/!?]/i.test(html[at + 1] ?? '')) return at
  return html.length
}

/** Reads what begins with `<` at `at`; returns the index behind it. */
function markup(state: State, at: number): number {
  const { html, reader } = state
  const closes = html[at + 1] === '/'
  const start = closes ? at + 2 : at + 1
  if (html.startsWith('!--', start)) return commentEnd(html, start + 3)
  if (!/[a-z]/i.test(html[start] ?? '')) return after(html, html.indexOf('>', start), 1)
  attributeEnd.lastIndex = start
  let end = attributeEnd.exec(html)?.index ?? html.length
  // An equals sign is part of a tag's name; such a tag is nothing that anybody knows.
  while (html[end] === '=') {
    attributeEnd.lastIndex = end + 1
    end = attributeEnd.exec(html)?.index ?? html.length
  }
  const name = html.slice(start, Math.min(end, start + nameChars)).toLowerCase()
  const attributes: Attributes = new Map()
  const behind = readAttributes(html, end, attributes)
  if (behind < 0) return html.length // cut off within a tag: browsers drop it as well
  if (closes) {
    if (foreign.has(name)) state.isForeign = false
    reader.close(name)
    return behind
  }
  if (foreign.has(name)) state.isForeign = html[behind - 2] !== '/'
  else if (endsForeign.has(name)) state.isForeign = false
  reader.open(name, attributes)
  if (name === 'plaintext') {
    reader.text(html.slice(behind))
    return html.length
  }
  const raw = rawElements.get(name)
  return raw && !state.isForeign ? rawText(state, behind, name, raw) : behind
}

function commentEnd(html: string, start: number): number {
  if (html[start] === '>') return start + 1
  if (html.startsWith('->', start)) return start + 2
  const end = /--!?>/g
  end.lastIndex = start
  const found = end.exec(html)
  return found ? found.index + found[0].length : html.length
}

function rawText({ html, reader, endless }: State, start: number, name: string, closing: RegExp): number {
  if (endless.has(name)) return start
  closing.lastIndex = start
  const found = closing.exec(html)
  if (!found) {
    endless.add(name)
    return start
  }
  const text = html.slice(start, found.index)
  if (name === 'style') reader.sheet?.(text)
  else if (shownRaw.has(name)) reader.text(text)
  return found.index
}

/** Returns the index behind the `>` of the tag; negative when there is none. */
function readAttributes(html: string, from: number, attributes: Attributes): number {
  let at = from
  for (;;) {
    while (at < html.length && blank.test(html[at]!)) at++
    if (at >= html.length) return -1
    if (html[at] === '>') return at + 1
    attributeEnd.lastIndex = at + 1 // an equals sign may begin a name
    const nameEnd = attributeEnd.exec(html)?.index ?? html.length
    const name = html.slice(at, Math.min(nameEnd, at + nameChars)).toLowerCase()
    at = skipBlanks(html, nameEnd)
    let value = ''
    if (html[at] === '=') {
      at = skipBlanks(html, at + 1)
      const quote = html[at]
      if (quote === '"' || quote === "'") {
        const end = html.indexOf(quote, at + 1)
        if (end < 0) return -1
        value = html.slice(at + 1, end)
        at = end + 1
      } else {
        valueEnd.lastIndex = at
        const end = valueEnd.exec(html)?.index ?? html.length
        value = html.slice(at, end)
        at = end
      }
    }
    if (attributes.size < attributesLimit && !attributes.has(name)) attributes.set(name, value)
  }
}

function skipBlanks(html: string, from: number): number {
  let at = from
  while (at < html.length && /\s/.test(html[at]!)) at++
  return at
}

const after = (html: string, found: number, length: number): number =>
  found < 0 ? html.length : found + length

/** An attribute decoded; '' when it is not there. Of a long one the beginning. */
export const attribute = (attributes: Attributes, name: string, limitChars = 4000): string =>
  decodeEntities((attributes.get(name) ?? '').slice(0, limitChars))
