/**
 * Where a link of a message leads in truth: the address as a browser would read it, with the host as it is looked up
 * (punycode) and nothing invisible in it.
 */
import { neutralLine } from './neutral.ts'

export interface Link {
  text: string
  target: string
}

const targetChars = 2000
const scheme = /^[a-z][a-z0-9+.-]*:/i
const web = /^(?:https?|ftps?):/i

/** @param base what the page says relative links are to be read from; '' when it says nothing. */
export function trueTarget(href: string, base: string): string {
  // Browsers leave out line ends and tabs, and what is around it.
  const given = trimmed(href.replace(/[\t\n\r]+/g, ''))
  const from = web.test(base) ? base : undefined
  const url = web.test(given)
    ? URL.parse(given)
    : scheme.test(given) || given.startsWith('#')
      ? null
      : given.startsWith('//') || given.startsWith('\\\\')
        ? URL.parse(given, from ?? 'https://localhost')
        : from
          ? URL.parse(given, from)
          : null
  const target = neutralLine(url?.href ?? given)
  return target.length > targetChars ? `${target.slice(0, targetChars)}…` : target
}

/** The text says the target itself, so that it need not be told a second time. */
export function saysTarget(text: string, target: string): boolean {
  const bare = (address: string): string =>
    address
      .trim()
      .toLowerCase()
      .replace(/^(?:https?:\/\/|mailto:)/, '')
      .replace(/\/$/, '')
  return bare(text) === bare(target)
}

/** Without blanks and controls around it; linear. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start++
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
  return text.slice(start, end)
}
