/**
 * Where the keys of a TOML file stand: the parser gives values without lines, and a complaint about a value should name
 * its line. Reads a text that the parser has accepted, so it need not judge, only skip strings, arrays and comments.
 * TOML 1.0. Paths are joined with dots; the n-th table of an array of tables is `rules.0`, `rules.1` …
 */

/** Line numbers (from 1) by path. */
export type Positions = Map<string, number>

export function positionsOf(text: string): Positions {
  const positions: Positions = new Map()
  const counts = new Map<string, number>()
  let at = 0
  let table: string[] = []

  const lineAt = (offset: number) => {
    let line = 1
    for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) line++
    return line
  }
  const skip = (pattern: RegExp) => {
    pattern.lastIndex = at
    at += pattern.exec(text)?.[0].length ?? 0
  }
  const keyParts = () => {
    const parts: string[] = []
    for (;;) {
      skip(/[ \t]*/y)
      const start = at
      skip(/"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[A-Za-z0-9_-]+/y)
      if (at === start) return parts
      parts.push(plainKey(text.slice(start, at)))
      skip(/[ \t]*/y)
      if (text[at] !== '.') return parts
      at++
    }
  }
  /** `[rules.conditions]` after `[[rules]]` belongs to the newest rule. */
  const resolve = (parts: string[]) => {
    const path: string[] = []
    for (const part of parts) {
      path.push(part)
      const count = counts.get(path.join('.'))
      if (count !== undefined) path.push(String(count))
    }
    return path
  }

  while (at < text.length) {
    skip(/(?:[ \t\r\n]|#[^\n]*)*/y)
    if (at >= text.length) break
    const start = at
    if (text[at] === '[') {
      const many = text[at + 1] === '['
      at += many ? 2 : 1
      const parts = keyParts()
      if (many) {
        const name = [...resolve(parts.slice(0, -1)), ...parts.slice(-1)].join('.')
        counts.set(name, (counts.get(name) ?? -1) + 1)
        if (!positions.has(name)) positions.set(name, lineAt(start))
      }
      table = resolve(parts)
      positions.set(table.join('.'), lineAt(start))
      skip(/[^\n]*/y)
    } else {
      const path = [...table]
      for (const part of keyParts()) {
        path.push(part)
        const name = path.join('.')
        if (!positions.has(name)) positions.set(name, lineAt(start))
      }
      skip(/[ \t]*=/y)
      at = endOfValue(text, at)
    }
    if (at === start) at++ // cannot happen in what the parser accepted; never hang all the same
  }
  return positions
}

/** The line of `path`, or of the nearest thing around it that has one. */
export function lineOf(positions: Positions, path: readonly (string | number)[]): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const line = positions.get(path.slice(0, length).join('.'))
    if (line !== undefined) return line
  }
  return undefined
}

function plainKey(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1)
  return key.startsWith('"') ? key.slice(1, -1).replace(/\\(.)/g, '$1') : key
}

/** Where the value that begins at `at` ends: the line end outside of brackets and strings. */
function endOfValue(text: string, start: number): number {
  const token =
    /"""(?:[^\\]|\\[\s\S])*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}\n]|[^"'#[\]{}\n]+/y
  token.lastIndex = start
  let depth = 0
  for (let at = start; at < text.length; at = token.lastIndex) {
    const found = token.exec(text)?.[0]
    if (found === undefined) return text.length
    if (found === '[' || found === '{') depth++
    else if (found === ']' || found === '}') depth--
    else if (found === '\n' && depth <= 0) return at
  }
  return text.length
}
