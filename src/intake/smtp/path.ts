/**
 * Arguments of MAIL and RCPT (RFC 5321 §4.1.2, RFC 6531): one path in angle brackets, then parameters. Strict about
 * what could be read in two ways (brackets, quotes, controls, source routes), lenient about dots and length of local
 * parts, since real senders have them. Refusals are replies.
 */
import { isIP } from 'node:net'
import type { Reply } from '../../mail/reply.ts'
import { reply } from './replies.ts'

export interface PathArgument {
  /** Without angle brackets; '' for the null sender. */
  address: string
  /** Keyword (upper case) and value; a keyword without a value has ''. In order. */
  parameters: [string, string][]
}

/** Octets of an address: the 256 of RFC 5321 §4.5.3.1.3 less the angle brackets. */
const longestAddress = 254

const syntax = {
  FROM: reply(501, '5.5.4', 'Syntax: MAIL FROM:<address> [parameters]'),
  TO: reply(501, '5.5.4', 'Syntax: RCPT TO:<address> [parameters]'),
}
const badSender = reply(553, '5.1.7', 'Not a mail address')
const badRecipient = reply(553, '5.1.3', 'Not a mail address')
const sourceRoute = reply(553, '5.1.3', 'Source routes are not accepted')
const tooLong = reply(553, '5.1.3', 'Address too long')
const badParameter = reply(501, '5.5.4', 'Parameters are written KEYWORD or KEYWORD=value')
const twice = reply(501, '5.5.4', 'Parameter given twice')

const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u0080-\u{10ffff}]+$/u
const quoted = /^"(?:[ !#-[\]-~\u0080-\u{10ffff}]|\\[ -~])*"$/u
const hostName = /^[A-Za-z0-9_\-\u0080-\u{10ffff}]+(?:\.[A-Za-z0-9_\-\u0080-\u{10ffff}]+)*$/u
/** Beyond ASCII: controls, format characters, surrogates, unassigned, and everything that separates. */
const unfit = /[\p{C}\p{Z}]/u
const parameter = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\u{10ffff}]+))?$/u

/** @param text what follows the verb and its blank. */
export function parsePath(text: string, keyword: 'FROM' | 'TO'): PathArgument | Reply {
  const colon = keyword.length
  if (text[colon] !== ':' || text.slice(0, colon).toUpperCase() !== keyword) return syntax[keyword]
  let p = colon + 1
  while (text[p] === ' ') p++ // RFC 5321 forbids it; so many do it that refusing gains nothing
  if (text[p] !== '<') return syntax[keyword]
  const start = ++p
  if (text[p] === '@') return sourceRoute
  if (text[p] === '"') {
    p++
    while (p < text.length && text[p] !== '"') p += text[p] === '\\' ? 2 : 1
  }
  p = text.indexOf('>', p)
  if (p < 0) return syntax[keyword]
  const address = text.slice(start, p)
  const rest = text.slice(p + 1)
  if (rest !== '' && rest[0] !== ' ') return syntax[keyword]

  const ascii = /^[ -~]*$/.test(address)
  if (address.length > longestAddress || (!ascii && Buffer.byteLength(address) > longestAddress))
    return tooLong
  const fits =
    address === ''
      ? keyword === 'FROM'
      : (keyword === 'TO' && /^postmaster$/i.test(address)) ||
        (isAddress(address) && (ascii || !unfitBeyondAscii(address)))
  if (!fits) return keyword === 'FROM' ? badSender : badRecipient
  const parameters = rest === '' ? [] : parseParameters(rest)
  return Array.isArray(parameters) ? { address, parameters } : parameters
}

function isAddress(address: string): boolean {
  const at = address.lastIndexOf('@')
  if (at < 1) return false
  const local = address.slice(0, at)
  const domain = address.slice(at + 1)
  if (local[0] === '"' ? !quoted.test(local) : !atom.test(local)) return false
  if (domain[0] !== '[') return hostName.test(domain)
  if (!domain.endsWith(']')) return false
  const literal = domain.slice(1, -1)
  return /^IPv6:/i.test(literal) ? isIP(literal.slice(5)) === 6 : isIP(literal) === 4
}

/** A blank within quotes is fine, beyond ASCII nothing of the kind is. */
const unfitBeyondAscii = (address: string): boolean => unfit.test(address.replace(/[ -~]+/g, ''))

function parseParameters(text: string): [string, string][] | Reply {
  const parameters: [string, string][] = []
  for (const word of text.split(' ')) {
    if (word === '') continue
    const found = parameter.exec(word)
    if (!found) return badParameter
    const key = found[1]!.toUpperCase()
    if (parameters.some(([other]) => other === key)) return twice
    parameters.push([key, found[2] ?? ''])
  }
  return parameters
}
