/**
 * The documented example file: every section and key with its manual and its default, as declared by the parts. Keys
 * are commented out (`#port = 10024`, without a blank after the #), so the file as it is means "all defaults" and stays
 * right when a default changes.
 */
import type { Section } from '../options.ts'
import { pathOf } from './check.ts'
import { variableName } from './environment.ts'

const width = 110

export function exampleFile(sections: Record<string, Section>): string {
  const lines = [
    ...comment(
      'Lazaret reads this file as lazaret.toml in its working directory, as /etc/lazaret/lazaret.toml, or where --config or ' +
        'LAZARET_CONFIG says. Every key is shown with its default; to change one, remove the # before it. Each can be given in ' +
        'the environment too: LAZARET_ + section + _ + key, in capitals, lists with commas or as JSON. ' +
        '`lazaret config check` checks the file. Keys marked "reload" take effect on SIGHUP without a restart.',
    ),
  ]
  // Tables of their own come last, since every key after [[…]] belongs to them.
  const inOrder = Object.values(sections).sort((a, b) => Number(a.name === '') - Number(b.name === ''))
  for (const section of inOrder) {
    if (section.name !== '') lines.push('', '', ...comment(section.doc), `[${section.name}]`)
    for (const [key, option] of Object.entries(section.options)) {
      lines.push(
        '',
        ...(section.name === '' ? [''] : []),
        ...comment(option.doc + (option.reloadable ? ' (reload)' : '')),
      )
      const value = section.name === '' ? tables(key, option.default) : `${key} = ${literal(option.default)}`
      lines.push(...value.split('\n').map((line) => (line === '' ? '' : `#${line}`)))
    }
  }
  return `${lines.join('\n')}\n`
}

/** Every key, for programs. */
export const keyList = (sections: Record<string, Section>) =>
  Object.values(sections).flatMap(({ name, options }) =>
    Object.entries(options).map(([key, { default: initial, doc, reloadable }]) => ({
      key: pathOf(name, key),
      environment: variableName(name, key),
      default: initial,
      doc,
      reloadable,
    })),
  )

/** `[[key]]` for each item; what is empty is left out, it is so by default. */
function tables(key: string, items: unknown): string {
  const blocks = (items as Record<string, unknown>[]).map((item) => {
    const lines = Object.entries(item)
      .filter(([, value]) => value !== '' && value !== undefined && JSON.stringify(value) !== '{}')
      .map(([name, value]) => `${name} = ${literal(value)}`)
    return [`[[${key}]]`, ...lines].join('\n')
  })
  return blocks.join('\n\n')
}

/** A value in TOML; lists that are too long for a line get several. */
function literal(value: unknown): string {
  if (Array.isArray(value)) {
    const items = value.map(literal)
    const line = `[${items.join(', ')}]`
    if (line.length <= width - 20) return line
    const lines = ['']
    for (const item of items) {
      if ((lines.at(-1) ?? '').length + item.length > width - 6) lines.push('')
      lines[lines.length - 1] += `${lines.at(-1) === '' ? '' : ' '}${item},`
    }
    return `[\n${lines.join('\n')}\n]`
  }
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).filter(([, inner]) => inner !== undefined)
    return `{ ${pairs.map(([name, inner]) => `${name} = ${literal(inner)}`).join(', ')} }`
  }
  return JSON.stringify(value)
}

/** Keeps the manual's own line breaks, and breaks lines that are too long; what is broken off begins the next one. */
function comment(text: string): string[] {
  const lines: string[] = []
  let rest = ''
  for (const line of text.split('\n')) {
    let current = rest === '' ? '#' : `# ${rest}`
    let broken = false
    for (const word of line.trimEnd().split(/\s+/)) {
      if (current.length + 1 + word.length > width && current !== '#') {
        lines.push(current)
        current = '#'
        broken = true
      }
      current += ` ${word}`
    }
    rest = broken ? current.slice(2) : ''
    if (!broken) lines.push(current)
  }
  return rest === '' ? lines : [...lines, `# ${rest}`]
}
