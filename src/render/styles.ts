/**
 * Style attributes through an allow-list of properties and of characters in their values: colours, fonts, boxes. Nothing
 * that fetches (url, image-set), computes (var, calc, expression), moves over something else (position, negative
 * margins, transforms) or hides behind escapes and comments. What is not understood is left out.
 */
const plain = new Set(
  'color background-color font font-family font-size font-style font-weight font-variant text-align text-decoration text-transform vertical-align line-height letter-spacing word-spacing white-space word-break overflow-wrap padding padding-top padding-right padding-bottom padding-left margin margin-top margin-right margin-bottom margin-left border border-top border-right border-bottom border-left border-color border-style border-width border-top-color border-right-color border-bottom-color border-left-color border-top-style border-right-style border-bottom-style border-left-style border-top-width border-right-width border-bottom-width border-left-width border-radius border-collapse border-spacing width max-width min-width height min-height display list-style-type float clear table-layout background'.split(
    ' ',
  ),
)
const displays = new Set([
  'block',
  'inline',
  'inline-block',
  'list-item',
  'none',
  'table',
  'table-cell',
  'table-row',
])
const styleChars = 4000
const valueChars = 200
const declarationsLimit = 60
const characters = /^[a-z0-9#%.,/\s()-]+$/i
const colour = /\b(?:rgb|hsl)a?\([\d\s.,%/-]{1,60}\)/gi
const hexColour = /#[0-9a-f]{3,8}\b/gi
/** Five digits before the point: a size that is meant to do harm. A minus before a number: one that covers others. */
const monstrous = /\d{5}|\d{3,}(?:em|rem|ex|ch|vw|vh|in|cm)|(?:^|[\s,(])-\s*[\d.]/i

export interface Styled {
  /** For a style attribute, before escaping; '' when nothing is left. */
  style: string
  /** References to something remote that were left out. */
  remote: number
}

export function safeStyle(given: string): Styled {
  const remote = countRemote(given)
  if (given.length > styleChars || /[\\@{}<]|\/\*/.test(given)) return { style: '', remote }
  const kept: string[] = []
  for (const declaration of given.split(';').slice(0, declarationsLimit)) {
    const colon = declaration.indexOf(':')
    if (colon < 0) continue
    const property = declaration.slice(0, colon).trim().toLowerCase()
    const value = safeValue(property, declaration.slice(colon + 1))
    if (value !== null) kept.push(`${property}:${value}`)
  }
  return { style: kept.join(';'), remote }
}

function safeValue(property: string, given: string): string | null {
  if (!plain.has(property) || given.length > valueChars) return null
  // Names of fonts need no quotes.
  const value = given
    .replace(/!\s*important\s*$/i, '')
    .replace(/["']/g, '')
    .trim()
  if (value === '' || !characters.test(value) || monstrous.test(value.replace(hexColour, ''))) return null
  if (value.replace(colour, '').includes('(')) return null
  if (property === 'display' && !displays.has(value.toLowerCase())) return null
  if (value.includes('/') && property !== 'font' && !/\(/.test(value)) return null
  return value
}

const fetches = /(?:url\(|@import\s)["'\s]{0,8}(?!["'\s)]|data:|cid:)/gi

/** How often a style or a style sheet would fetch something. */
export const countRemote = (css: string): number => css.match(fetches)?.length ?? 0

/** The value of an attribute that is a colour, or null. */
export function safeColour(given: string): string | null {
  const value = given.trim()
  return /^(?:#?[0-9a-f]{3,8}|[a-z]{3,25})$/i.test(value) ? value : null
}
