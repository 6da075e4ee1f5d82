/**
 * What people see of a message: its text, the true targets of its links, its parts. Of several forms of the same text
 * (RFC 2046 §5.1.4) the plain one is read as text and the richest one shown as a page.
 */
import { decodeCharset } from '../mail/charset.ts'
import { pageBudget } from './budget.ts'
import { safeHtml } from './html-page.ts'
import { type HtmlFacts, linksLimit, readFacts } from './html-text.ts'
import type { Link } from './links.ts'
import type { BodyText, Branch, Looked, Part } from './look.ts'
import { neutralText } from './neutral.ts'
import { plainSection, type Theme, wholePage } from './page.ts'

export interface Content {
  text: string
  textIsFrom: 'plain' | 'html' | 'none'
  textIsCut: boolean
  hasHtml: boolean
  links: Link[]
  remoteContent: number
  parts: Part[]
  problem: string | null
}

const textChars = 500_000
/** Of HTML in one page, all its texts together. */
const pageChars = 2_000_000

export function contentOf({ root, parts, problems }: Looked): Content {
  const html = textsOf(root).filter(({ isHtml }) => isHtml)
  const facts = new Map<BodyText, HtmlFacts>(html.map((text) => [text, readFacts(decoded(text), textChars)]))
  const chosen = choose(root, 'plain')
  const text = chosen
    .map((each) => facts.get(each)?.text ?? neutralText(decoded(each)))
    .map((each) => each.replace(/\r\n?/g, '\n'))
    .join('\n\n')
  return {
    text: text.slice(0, textChars).toWellFormed(),
    textIsFrom: chosen.length === 0 ? 'none' : chosen.some(({ isHtml }) => isHtml) ? 'html' : 'plain',
    textIsCut: text.length > textChars || chosen.some(({ isCut }) => isCut),
    hasHtml: html.length > 0,
    links: [...facts.values()].flatMap(({ links }) => links).slice(0, linksLimit),
    remoteContent: [...facts.values()].reduce((sum, { remote }) => sum + remote, 0),
    parts,
    problem: problems.length === 0 ? null : problems.join(' '),
  }
}

/** A whole HTML document. */
export function pageOf({ root, pictures, problems }: Looked, theme: Theme): string {
  const chosen = choose(root, 'html')
  const told = [...problems]
  if (chosen.length === 0) told.push('This message has no text.')
  const budget = pageBudget()
  let room = pageChars
  let isCut = chosen.some((text) => text.isCut)
  const sections = chosen.map((text) => {
    const whole = decoded(text)
    const shown = whole.slice(0, room)
    isCut ||= shown.length < whole.length
    room -= shown.length
    return text.isHtml
      ? `<div class="mail">${safeHtml({ html: shown, pictures, budget })}</div>`
      : plainSection(shown, budget)
  })
  if (isCut || budget.isSpent) told.push('The message is long or hard to show: only its beginning is shown.')
  const isPlain = chosen.every(({ isHtml }) => !isHtml)
  return wholePage(sections, { theme: isPlain ? theme : 'light', told })
}

const textsOf = ({ children }: Branch): BodyText[] =>
  children.flatMap((child) => ('children' in child ? textsOf(child) : [child]))

/** The texts to show, in order. */
function choose({ type, children }: Branch, wanted: 'plain' | 'html'): BodyText[] {
  const found = children.map((child) => ('children' in child ? choose(child, wanted) : [child]))
  if (type !== 'multipart/alternative') return found.flat()
  const filled = found.filter((texts) => texts.some(({ bytes }) => !isBlank(bytes)))
  const fits =
    wanted === 'html'
      ? filled.findLast((texts) => texts.some(({ isHtml }) => isHtml))
      : filled.find((texts) => texts.every(({ isHtml }) => !isHtml))
  return fits ?? filled.at(-1) ?? []
}

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte <= 0x20)

function decoded({ bytes, charset, isHtml }: BodyText): string {
  return decodeCharset(bytes, charsetAs(bytes, charset, isHtml)).replace(/^\ufeff/, '')
}

/** As declared; else a byte order mark; else what the HTML itself says. */
function charsetAs(bytes: Buffer, charset: string, isHtml: boolean): string {
  const mark = bytes.toString('latin1', 0, 2)
  if (mark === '\xff\xfe') return 'utf-16le'
  if (mark === '\xfe\xff') return 'utf-16be'
  if (charset !== '' || !isHtml) return charset
  const start = bytes.toString('latin1', 0, 2048)
  const label =
    /<meta\s[^>]{0,200}?charset\s{0,5}=\s{0,5}["']?\s{0,5}([a-z0-9._:-]{1,40})/i.exec(start)?.[1] ?? ''
  // What says so in ASCII is not written in these.
  return /^utf-?(?:16|32|7)/i.test(label) ? '' : label
}
