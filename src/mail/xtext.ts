/**
 * xtext (RFC 3461 §4): how ESMTP parameters such as ORCPT, ENVID and those of XFORWARD and XCLIENT write characters
 * that have a meaning on the command line.
 */
const wellFormed = /^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/
const special = /[^!-*,-<>-~]/g

/** Null when it is not xtext. What comes out is UTF-8 decoded and may hold any character, controls too: check it. */
export function decodeXtext(text: string): string | null {
  if (!wellFormed.test(text)) return null
  if (!text.includes('+')) return text
  const bytes: number[] = []
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '+') {
      bytes.push(Number.parseInt(text.slice(i + 1, i + 3), 16))
      i += 2
    } else bytes.push(text.charCodeAt(i))
  }
  return Buffer.from(bytes).toString('utf8')
}

export function encodeXtext(text: string): string {
  return Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(special, (char) => `+${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}
