/**
 * Authentication-Results (RFC 8601), taken apart: which method said what about which domain. Who wrote the field, and
 * whether that is to be trusted, is for others to know. Linear; what does not look right reads as nothing.
 */
export interface AuthenticationResult {
  /** `spf`, `dkim`, `dmarc` …, lower case. */
  method: string
  /** `pass`, `fail`, `softfail` …, lower case. */
  result: string
  /** `header.from`, `smtp.mailfrom` …, both sides lower case. */
  properties: ReadonlyMap<string, string>
}

const resultsLimit = 50
const propertiesLimit = 20

export function readAuthenticationResults(field: string): AuthenticationResult[] {
  const [, ...clauses] = withoutComments(field).split(';', resultsLimit + 1)
  return clauses.flatMap((clause) => {
    const [head = '', ...rest] = clause.trim().split(/\s+/, propertiesLimit + 1)
    const [, method, result] = /^([a-z0-9-]+)(?:\/\d+)?=([a-z]+)$/i.exec(head) ?? []
    if (method === undefined || result === undefined) return []
    const properties = new Map<string, string>()
    for (const word of rest) {
      const [, name, value] = /^([a-z0-9-]+\.[a-z0-9-]+)=(\S+)$/i.exec(word) ?? []
      if (name !== undefined && value !== undefined) properties.set(name.toLowerCase(), value.toLowerCase())
    }
    return [{ method: method.toLowerCase(), result: result.toLowerCase(), properties }]
  })
}

/** Comments and quotation marks away, blanks around `=` too. What is quoted can end neither a clause nor a word. */
function withoutComments(text: string): string {
  let out = ''
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === '\\') i++
    else if (quoted) {
      if (char === '"') quoted = false
      else if (depth === 0 && !/[\s;=]/.test(char)) out += char
    } else if (char === '"') quoted = true
    else if (char === '(') depth++
    else if (char === ')') depth = Math.max(0, depth - 1)
    else if (depth === 0) out += char
  }
  return out.replace(/[^\S\n]{1,20}=|=[^\S\n]{1,20}/g, '=')
}
