/** The consoles' invariants, executed by reading their sources: what the bundle may reach, and how its files look. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const files = readdirSync(join(root, 'web'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
const sources = files
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts') && path !== 'web/vite.config.ts')
  .map((path) => ({ path, text: read(path) }))

const none = (complaints: string[]) => assert.deepEqual(complaints, [])

/** What a file takes from others while it runs; types are gone by then. */
function imports(path: string, text: string): string[] {
  const found = [...text.matchAll(/^(?:import|export)\b([^'"`;]*?)\bfrom\s+'([^']+)'/gm)]
    .filter(([, clause = '']) => {
      if (/^\s*type\b/.test(clause)) return false
      const names = /\{([^}]*)\}/.exec(clause)?.[1]
      const others = clause.replace(/\{[^}]*\}/, '').replace(/[\s,]/g, '')
      return (
        others !== '' ||
        names === undefined ||
        names.split(',').some((name) => name.trim() && !/^\s*type\s/.test(name))
      )
    })
    .map(([, , from = '']) => from)
  const bare = [...text.matchAll(/^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    (m) => m[1] ?? m[2] ?? '',
  )
  return [...found, ...bare].map((from) =>
    from.startsWith('.') ? normalize(join(dirname(path), from)).replaceAll('\\', '/') : from,
  )
}

test('the bundle reaches no server code: of src/ only what is pure', () => {
  const allowed = (path: string) =>
    path.startsWith('src/api/') ||
    path === 'src/problem.ts' ||
    path === 'src/zone.ts' ||
    path.startsWith('src/mail/')
  const complaints: string[] = []
  const seen = new Set<string>()
  const visit = (path: string, from: string) => {
    if (path.startsWith('node:')) complaints.push(`${from} imports ${path}`)
    if (path.startsWith('src/') && !allowed(path)) complaints.push(`${from} imports ${path}`)
    if (path.startsWith('src/') && path.endsWith('.ts') && !seen.has(path)) {
      seen.add(path)
      for (const next of imports(path, read(path))) visit(next, path)
    }
    if (from.startsWith('src/') && /^(zod|hono|kysely|pg|@hono)\b/.test(path))
      complaints.push(`${from} imports ${path}`)
  }
  for (const { path, text } of sources) for (const next of imports(path, text)) visit(next, path)
  none(complaints)
})

test('pieces that both consoles share know nothing of either, nor one console of the other', () => {
  const forbidden: [of: RegExp, to: RegExp][] = [
    [/^web\/(ui|api|text)\//, /^web\/(admin|user)\//],
    [
      /^web\/user(\/|\.tsx)/,
      /^web\/admin\/|^web\/text\/(index|en\/index)\.ts|^virtual:routes|^web\/api\/client\.ts/,
    ],
    [/^web\/(admin\/|main\.tsx)/, /^web\/user\/|^web\/text\/(\w+\/)?user\.ts|^virtual:my-routes/],
  ]
  none(
    sources.flatMap(({ path, text }) =>
      imports(path, text)
        .filter((to) => forbidden.some(([of, what]) => of.test(path) && what.test(to)))
        .map((to) => `${path} imports ${to}`),
    ),
  )
})

test('nothing makes HTML of strings, nor a link of what is in mail', () => {
  const risky =
    /dangerouslySetInnerHTML|\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(|srcDoc|allow-scripts|allow-same-origin/
  none(sources.filter(({ text }) => risky.test(text)).map(({ path }) => path))
})

// In pieces, so that this file does not have what it looks for.
const off = new RegExp(['@ts-(?:ign', 'ore|nocheck|expect-error)|\\bas a', 'ny\\b'].join(''))

test('a file is one whole thought: at most 300 lines, opened by a head comment; no default exports', () => {
  none(
    sources.flatMap(({ path, text }) => [
      ...(text.split('\n').length - 1 > 300 ? [`${path} is too long`] : []),
      ...(text.startsWith('/**') ? [] : [`${path} has no head comment`]),
      ...(/^export default\b/m.test(text) ? [`${path} has a default export`] : []),
      ...(off.test(text) ? [`${path} switches a type check off`] : []),
    ]),
  )
})
