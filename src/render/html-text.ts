/**
 * HTML as plain text: what a reader would see, in lines; links with their true target behind them. Linear, bounded.
 */
import { type Link, saysTarget, trueTarget } from './links.ts'
import { neutralText } from './neutral.ts'
import { countRemote } from './styles.ts'
import { type Attributes, attribute, readHtml } from './tokens.ts'

export interface HtmlFacts {
  text: string
  /** At most linksLimit. */
  links: Link[]
  /** References to remote content. */
  remote: number
}

export const linksLimit = 200
const linkTextChars = 300

const lineBefore = new Set(
  'address article aside blockquote body caption center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section table tr ul'.split(
    ' ',
  ),
)
const emptyLineBefore = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'table'])
/** Attributes that a browser would fetch. */
const fetching: readonly [string, string][] = [
  ['img', 'src'],
  ['image', 'href'],
  ['image', 'xlink:href'],
  ['use', 'href'],
  ['use', 'xlink:href'],
  ['input', 'src'],
  ['iframe', 'src'],
  ['frame', 'src'],
  ['embed', 'src'],
  ['object', 'data'],
  ['video', 'src'],
  ['video', 'poster'],
  ['audio', 'src'],
  ['source', 'src'],
  ['source', 'srcset'],
  ['track', 'src'],
  ['img', 'srcset'],
  ['script', 'src'],
  ['link', 'href'],
  ['body', 'background'],
  ['table', 'background'],
  ['td', 'background'],
  ['th', 'background'],
  ['tr', 'background'],
]
const fetchingOf = Map.groupBy(fetching, ([element]) => element)

export const isRemote = (address: string): boolean =>
  /^[\0- ]{0,20}(?:https?:|ftp:|\/\/|\\\\|file:)/i.test(address)

/** How much of one tag a browser would fetch. */
export function remoteIn(name: string, attributes: Attributes): number {
  let count = 0
  for (const [, source] of fetchingOf.get(name) ?? [])
    if (attributes.has(source) && isRemote(attribute(attributes, source, 200))) count++
  const style = attributes.get('style')
  return style ? count + countRemote(attribute(attributes, 'style')) : count
}

/** @param limitChars of text; more is left out. */
export function readFacts(html: string, limitChars: number): HtmlFacts {
  const links: Link[] = []
  const lines = new Lines(limitChars)
  let remote = 0
  let base = ''
  let link: Link | null = null
  let pre = 0
  const endLink = () => {
    if (link === null) return
    link.text = neutralText(link.text.replace(/\s+/g, ' ').trim())
    if (!saysTarget(link.text, link.target)) lines.add(` <${link.target}>`)
    if (links.length < linksLimit) links.push(link)
    link = null
  }
  const add = (text: string) => {
    if (link && link.text.length < linkTextChars) link.text += text.slice(0, linkTextChars)
    if (pre > 0) lines.preformatted(text)
    else lines.flow(text)
  }
  readHtml(html, {
    text: add,
    sheet(css) {
      remote += countRemote(css)
    },
    open(name, attributes) {
      remote += remoteIn(name, attributes)
      if (lineBefore.has(name)) lines.newLine(emptyLineBefore.has(name) ? 2 : 1)
      if (name === 'br') lines.br()
      else if (name === 'pre') pre++
      else if (name === 'li') lines.add('• ')
      else if (name === 'td' || name === 'th') lines.flow(' ')
      else if (name === 'img') {
        const alt = attribute(attributes, 'alt', 500)
        if (alt.trim() !== '') add(`[${alt}]`)
      } else if (name === 'base' && base === '') base = attribute(attributes, 'href')
      else if (name === 'a' && attributes.has('href')) {
        endLink()
        link = { text: '', target: trueTarget(attribute(attributes, 'href'), base) }
      } else if (name === 'area' && attributes.has('href') && links.length < linksLimit)
        links.push({
          text: neutralText(attribute(attributes, 'alt', linkTextChars)),
          target: trueTarget(attribute(attributes, 'href'), base),
        })
      else if (name === 'form' && attributes.has('action') && links.length < linksLimit)
        links.push({ text: '(form)', target: trueTarget(attribute(attributes, 'action'), base) })
    },
    close(name) {
      if (name === 'a') endLink()
      else if (name === 'pre' && pre > 0) pre--
      if (lineBefore.has(name)) lines.newLine(emptyLineBefore.has(name) ? 2 : 1)
    },
  })
  endLink()
  return { text: neutralText(lines.take()), links, remote }
}

/** Text as it is laid out: blanks collapse, lines end where blocks do. */
class Lines {
  private readonly pieces: string[] = []
  private chars = 0
  private readonly limitChars: number
  /** Line ends that are due before the next character, and whether a blank is. */
  private due = 0
  private blank = false
  private atStart = true

  constructor(limitChars: number) {
    this.limitChars = limitChars
  }

  flow(text: string): void {
    const collapsed = text.replace(/[ \t\n\r\f]+/g, ' ')
    if (collapsed === '') return
    if (collapsed.startsWith(' ')) this.blank = true
    const words = collapsed.trim()
    if (words === '') return
    this.add(words)
    this.blank = collapsed.endsWith(' ')
  }

  preformatted(text: string): void {
    const lines = text.replace(/\r\n?/g, '\n').split('\n')
    for (const [i, line] of lines.entries()) {
      if (i > 0) this.br()
      if (line !== '') this.add(line)
    }
  }

  /** Characters that begin where the last ended, after what is due. */
  add(text: string): void {
    if (this.chars > this.limitChars) return
    const before = this.due > 0 ? (this.atStart ? '' : '\n'.repeat(this.due)) : this.blank ? ' ' : ''
    this.pieces.push(before + text)
    this.chars += before.length + text.length
    this.due = 0
    this.blank = false
    this.atStart = false
  }

  br(): void {
    if (this.due >= 2) return
    this.due++
  }

  newLine(wanted: number): void {
    this.due = Math.max(this.due, wanted)
  }

  take(): string {
    return this.pieces.join('').slice(0, this.limitChars + 1)
  }
}
