/**
 * HTML of a message as HTML that can be shown: written anew, tag by tag, from what is allowed, so that whatever was read
 * in another way than a browser would, nothing else can come out. No script, no form, nothing remote; links lead nowhere
 * and say where they would have led; pictures of the message are inside. Linear, and bounded for the browser as well:
 * elements, depth, nested tables, spans of cells.
 */
import { safeAttributes } from './attributes.ts'
import { type Budget, spendText } from './budget.ts'
import { escapeHtml } from './entities.ts'
import { isRemote } from './html-text.ts'
import { saysTarget, trueTarget } from './links.ts'
import { neutralLine } from './neutral.ts'
import { contentIdOf } from './numbering.ts'
import { dataUri } from './pictures.ts'
import { type Attributes, attribute, readHtml } from './tokens.ts'

const elementsLimit = 30_000
const depthLimit = 150
const tablesLimit = 25
const cellsOfRow = 200
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
export interface PageSource {
  html: string
  /** By Content-ID, without angle brackets. */
  pictures: ReadonlyMap<string, Buffer>
  budget: Budget
}

interface Open {
  /** As it was called. */
  name: string
  written: string
  link: Linked | null
  /** Of a table or its row: cells in the row. */
  cells: number
}

interface Linked {
  target: string
  text: string
  /** All of its text is seen: nothing in it is styled, and no picture stands for it. */
  isBare: boolean
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
  private readonly budget: Budget
  private elements = 0
  private tables = 0
  /** Elements begun that were not written, since they are too deep. */
  private skipped = 0
  private base = ''
  private hasBody = false

  constructor(pictures: ReadonlyMap<string, Buffer>, budget: Budget) {
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
    this.out.push(escapeHtml(spendText(text, this.budget)))
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
      this.out.push(`<${name}${safeAttributes(name, attributes, this.budget)}>`)
      return
    }
    if (!inline.has(name) && !blocks.has(name) && !tableParts.has(name)) return
    if (name === 'body') {
      if (this.hasBody) return
      this.hasBody = true
    }
    this.endImplied(name)
    const isOver =
      this.stack.length >= depthLimit ||
      (name === 'table' && this.tables >= tablesLimit) ||
      (cells.has(name) && !this.hasRoomForCell())
    if (isOver) {
      this.skipped++
      return
    }
    this.elements++
    const written = writtenAs[name] ?? name
    const around = this.stack.findLast((open) => open.link)?.link
    if (around && attributes.size > 0) around.isBare = false
    const link =
      name === 'a' && attributes.has('href')
        ? { target: trueTarget(attribute(attributes, 'href'), this.base), text: '', isBare: true }
        : null
    if (name === 'table') this.tables++
    this.stack.push({ name, written, link, cells: 0 })
    const mark = link ? ' class="link"' : ''
    this.out.push(`<${written}${mark}${safeAttributes(written, attributes, this.budget)}>`)
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

  private hasRoomForCell(): boolean {
    const row = this.stack.findLast(({ name }) => name === 'tr' || name === 'table')
    return row === undefined || ++row.cells <= cellsOfRow
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

  private target({ target, text, isBare }: Linked): void {
    if (isBare && saysTarget(text, target)) return
    if (this.budget.targets-- <= 0) {
      this.budget.isSpent = true
      return
    }
    const shown = target.length > shownTargetChars ? `${target.slice(0, shownTargetChars)}…` : target
    this.out.push(`<span class="target">‹${escapeHtml(shown)}›</span>`)
  }

  private picture(attributes: Attributes): void {
    const alt = neutralLine(attribute(attributes, 'alt', 500).replace(/\s+/g, ' ')).trim()
    const link = this.stack.findLast((open) => open.link)?.link
    if (link) link.isBare = false
    const source = attribute(attributes, 'src')
    const uri = this.pictureUri(attributes.get('src') ?? '', source)
    if (uri !== null) {
      this.out.push(
        `<img src="${uri}" alt="${escapeHtml(alt)}"${safeAttributes('img', attributes, this.budget)}>`,
      )
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
    if (!inPage || raw.length > 1.4 * this.budget.pictureBytes) return null
    return dataUri(Buffer.from(raw.slice(inPage[0].length), 'base64'), this.budget)
  }
}
