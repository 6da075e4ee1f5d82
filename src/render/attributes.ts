/**
 * Attributes of elements as they may be shown: numbers within reason, words of a list, colours, styles through their
 * allow-list. Nothing that names something else, fetches or acts.
 */
import type { Budget } from './budget.ts'
import { escapeHtml } from './entities.ts'
import { safeColour, safeStyle } from './styles.ts'
import { type Attributes, attribute } from './tokens.ts'

const spanLimit = 100
const numbers: Record<string, number> = Object.assign(Object.create(null), {
  width: 3000,
  height: 5000,
  border: 20,
  cellpadding: 200,
  cellspacing: 200,
  colspan: spanLimit,
  rowspan: spanLimit,
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

/** Written with a blank before each; '' when nothing is left. */
export function safeAttributes(element: string, attributes: Attributes, budget: Budget): string {
  let text = ''
  const hasSpan = attributes.has('colspan') || attributes.has('rowspan')
  const dropsSpan = hasSpan && !hasRoomForSpan(attributes, budget)
  for (const name of attributes.keys()) {
    if (dropsSpan && name.endsWith('span')) continue
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

/** Spans that are left out let a table look odd; such a table was not made to be looked at. */
function hasRoomForSpan(attributes: Attributes, budget: Budget): boolean {
  const span = (name: string) =>
    Math.min(spanLimit, Number.parseInt(attribute(attributes, name, 20), 10) || 1)
  budget.spans -= span('colspan') * span('rowspan') - 1
  return budget.spans >= 0
}
