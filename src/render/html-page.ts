/**
 * HTML of a message as HTML that can be shown: written anew, tag by tag, from what is allowed, so that whatever was read
 * in another way than a browser would, nothing else can come out. No script, no form, nothing remote; links lead nowhere
 * and say where they would have led; pictures of the message are inside. Linear, and bounded for the browser as well:
 * elements, depth, nested tables, spans of cells.
 */
import { escapeHtml } from './entities.ts'
import { isRemote } from './html-text.ts'
import { saysTarget, trueTarget } from './links.ts'
import { neutralLine, neutralText } from './neutral.ts'
import { dataUri, type PictureBudget } from './pictures.ts'
import { safeColour, safeStyle } from './styles.ts'
import { type Attributes, attribute, readHtml } from './tokens.ts'

const elementsLimit = 30_000
const depthLimit = 150
const tablesLimit = 25
const cellsLimit = 100
const linkTextChars = 300
const shownTargetChars = 300

const list = (names: string): ReadonlySet<string> => new Set(names.split(' '))
const inline = list(
  'a abbr b bdi big cite code del dfn em font i ins kbd label mark q s samp small span strike strong sub sup tt u var',
)
const blocks = list(
  'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header legend li main nav ol p pre section summary ul',
)
const tableParts = list('table caption colgroup thead tbody tfoot tr td th')
const voids = list('br hr wbr col')
/** What is written in place of an element that does something of its own. */
const writtenAs: Record<string, string> = Object.assign(Object.create(null), {
  a: 'span',
  label: 'span',
  body: 'div',
  details: 'div',
  summary: 'div',
  fieldset: 'div',
  legend: 'div',
  form: 'div',
})
/** An element that begins ends these, unless one of the third column is in between. */
const implied: Record<string, readonly [ReadonlySet<string>, ReadonlySet<string>]> = Object.assign(
  Object.create(null),
  {
    li: [list('li'), list('ul ol table td th')],
    dt: [list('dt dd'), list('dl table td th')],
    dd: [list('dt dd'), list('dl table td th')],
    td: [list('td th'), list('table')],
    th: [list('td th'), list('table')],
    tr: [list('td th tr'), list('table')],
    tbody: [list('tr td th thead tbody tfoot caption colgroup'), list('table')],
    thead: [list('tr td th thead tbody tfoot caption colgroup'), list('table')],
    tfoot: [list('tr td th thead tbody tfoot caption colgroup'), list('table')],
    a: [list('a'), list('table td th')],
  },
)
const cells = list('td th caption')
const numbers: Record<string, number> = Object.assign(Object.create(null), {
  width: 3000,
  height: 5000,
  border: 20,
  cellpadding: 200,
  cellspacing: 200,
  colspan: cellsLimit,
  rowspan: cellsLimit,
  start: 100_000,
  size: 7,
  hspace: 200,
  vspace: 200,
})
const words: Record<string, RegExp> = Object.assign(Object.create(null), {
  align: /^(?:left|right|center|justify|middle|top|bottom)$/i,
  valign: /^(?:top|middle|bottom|baseline)$/i,
  dir: /^(?:ltr|rtl|auto)$/i,
  nowrap: /^(?:nowrap)?$/i,
  face: /^[a-z0-9 ,_-]{1,100}$/i,
  clear: /^(?:left|right|all|both)$/i,
  type: /^(?:[1aAiI]|disc|circle|square)$/,
})
const colours = ['color', 'bgcolor']

export interface PageSource {
  html: string
  /** By Content-ID, without angle brackets. */
  pictures: ReadonlyMap<string, Buffer>
  budget: PictureBudget
}

interface Open {
  /** As it was called. */
  name: string
  written: string
  link: { target: string; text: string } | null
}

/** @returns the content of a page's body. */
export function safeHtml({ html, pictures, budget }: PageSource): string {
  const writer = new Writer(pictures, budget)
  readHtml(html, writer)
  return writer.finish()
}

class Writer {
  private readonly out: string[] = []
  private readonly stack: Open[] = []
  private readonly pictures: ReadonlyMap<string, Buffer>
  private readonly budget: PictureBudget
  private elements = 0
  private tables = 0
  /** Elements begun that were not written, since they are too deep. */
  private skipped = 0
  private base = ''
  private hasBody = false

  constructor(pictures: ReadonlyMap<string, Buffer>, budget: PictureBudget) {
    this.pictures = pictures
    this.budget = budget
  }

  finish(): string {
    this.closeTo(0)
    return this.out.join('')
  }

  text(text: string): void {
    const link = this.stack.findLast((open) => open.link)?.link
    if (link && link.text.length < linkTextChars) link.text += text.slice(0, linkTextChars)
    this.out.push(escapeHtml(neutralText(text)))
  }

  open(name: string, attributes: Attributes): void {
    if (name === 'base') this.base ||= attribute(attributes, 'href')
    if (this.elements >= elementsLimit) return
    if (name === 'img' || name === 'image') {
      this.elements++
      this.picture(attributes)
      return
    }
    if (voids.has(name)) {
      this.elements++
      this.out.push(`<${name}${this.attributes(name, attributes)}>`)
      return
    }
    if (!inline.has(name) && !blocks.has(name) && !tableParts.has(name)) return
    if (name === 'body') {
      if (this.hasBody) return
      this.hasBody = true
    }
    this.endImplied(name)
    if (this.stack.length >= depthLimit || (name === 'table' && this.tables >= tablesLimit)) {
      this.skipped++
      return
    }
    this.elements++
    const written = writtenAs[name] ?? name
    const link =
      name === 'a' && attributes.has('href')
        ? { target: trueTarget(attribute(attributes, 'href'), this.base), text: '' }
        : null
    if (name === 'table') this.tables++
    this.stack.push({ name, written, link })
    const mark = link ? ' class="link"' : ''
    this.out.push(`<${written}${mark}${this.attributes(written, attributes)}>`)
  }

  close(name: string): void {
    if (name === 'br') {
      this.open('br', new Map())
      return
    }
    if (!inline.has(name) && !blocks.has(name) && !tableParts.has(name)) return
    if (this.skipped > 0) {
      this.skipped--
      return
    }
    if (name === 'body') return
    for (let i = this.stack.length - 1; i >= 0; i--) {
      const open = this.stack[i]!
      if (open.name === name) {
        this.closeTo(i)
        return
      }
      // A cell keeps what is in it, whatever ends there.
      if (cells.has(open.name) && !tableParts.has(name)) return
      if (open.name === 'table') return
    }
  }

  private endImplied(name: string): void {
    if (blocks.has(name) || name === 'table') this.endParagraph()
    const rule = implied[name]
    if (!rule) return
    const [ends, walls] = rule
    let lowest = -1
    for (let i = this.stack.length - 1; i >= 0; i--) {
      const open = this.stack[i]!
      if (walls.has(open.name)) break
      if (ends.has(open.name)) lowest = i
    }
    if (lowest >= 0) this.closeTo(lowest)
  }

  private endParagraph(): void {
    for (let i = this.stack.length - 1; i >= 0; i--) {
      const { name } = this.stack[i]!
      if (name === 'p') this.closeTo(i)
      if (name === 'p' || !inline.has(name)) return
    }
  }

  private closeTo(length: number): void {
    while (this.stack.length > length) {
      const { name, written, link } = this.stack.pop()!
      if (name === 'table') this.tables--
      this.out.push(`</${written}>`)
      if (link) this.target(link)
    }
  }

  private target({ target, text }: { target: string; text: string }): void {
    if (saysTarget(text, target)) return
    const shown = target.length > shownTargetChars ? `${target.slice(0, shownTargetChars)}…` : target
    this.out.push(`<span class="target">‹${escapeHtml(shown)}›</span>`)
  }

  private picture(attributes: Attributes): void {
    const alt = neutralLine(attribute(attributes, 'alt', 500).replace(/\s+/g, ' ')).trim()
    const link = this.stack.findLast((open) => open.link)?.link
    if (link && link.text.length < linkTextChars) link.text += alt
    const source = attribute(attributes, 'src')
    const uri = this.pictureUri(attributes.get('src') ?? '', source)
    if (uri !== null) {
      this.out.push(`<img src="${uri}" alt="${escapeHtml(alt)}"${this.attributes('img', attributes)}>`)
      return
    }
    const isDot = ['width', 'height'].some((side) =>
      /^\s*[0-3](?:px)?\s*$/.test(attribute(attributes, side, 20)),
    )
    if (isDot || (source === '' && alt === '')) return
    const what = alt === '' ? (isRemote(source) ? 'remote picture' : 'picture') : alt
    this.out.push(`<span class="absent">${escapeHtml(what)}</span>`)
  }

  private pictureUri(raw: string, source: string): string | null {
    if (/^\s{0,20}cid:/i.test(source)) {
      const bytes = this.pictures.get(contentIdOf(source.trim().slice(4)))
      return bytes ? dataUri(bytes, this.budget) : null
    }
    const inPage = /^\s{0,20}data:image\/[a-z.+-]{1,20};base64,/i.exec(raw.slice(0, 100))
    if (!inPage || raw.length > 1.4 * this.budget.bytes) return null
    return dataUri(Buffer.from(raw.slice(inPage[0].length), 'base64'), this.budget)
  }

  private attributes(element: string, attributes: Attributes): string {
    let text = ''
    for (const name of attributes.keys()) {
      const limit = numbers[name]
      const pattern = words[name]
      if (limit === undefined && !pattern && !colours.includes(name)) continue
      const value = attribute(attributes, name, 200).trim()
      if (limit !== undefined) {
        const number = /^(\d{1,6})(?:px)?(%?)/.exec(value)
        if (number)
          text += ` ${name}="${Math.min(Number(number[1]), number[2] ? Math.min(limit, 100) : limit)}${number[2]}"`
      } else if (pattern) {
        if (pattern.test(value)) text += ` ${name}="${value}"`
      } else if (name === 'bgcolor' || element === 'font') {
        const colour = safeColour(value)
        if (colour) text += ` ${name}="${colour}"`
      }
    }
    const given = attributes.get('style')
    const { style } = given ? safeStyle(attribute(attributes, 'style')) : { style: '' }
    return style === '' ? text : `${text} style="${escapeHtml(style)}"`
  }
}

/** As in a cid: URL (RFC 2392): percent-encoded; compared without regard to case, as mail programs do. */
export function contentIdOf(written: string): string {
  const bare = written.trim().replace(/^<|>$/g, '').slice(0, 500)
  try {
    return decodeURIComponent(bare).toLowerCase()
  } catch {
    return bare.toLowerCase() // a lone percent sign: it means itself
  }
}
