/**
 * The starred invariants of ARCHITECTURE.md, executed by reading the sources. Each test says what is wrong in which
 * file; when a wall stands wrong, move it in ARCHITECTURE.md and here.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** From top to bottom; what stands on one line stands side by side and does not import each other, folders apart. */
const ladder: string[][] = [
  ['main.ts'],
  ['cli/'],
  ['app.ts', 'app/'],
  ['config.ts', 'config/'],
  ['http/'],
  ['intake/'],
  ['api/'],
  ['quarantine/', 'delivery/', 'digest/'],
  ['access/'],
  ['context.ts'],
  ['store/'],
  ['policy/'],
  ['scan/'],
  ['render/'],
  ['options.ts', 'events.ts', 'clock.ts', 'log.ts', 'problem.ts', 'zone.ts'],
  ['mail/'],
]
/** Neighbours that are one part: a front file and its folder, and the small ones that everything uses. */
const together = [['app.ts', 'app/'], ['config.ts', 'config/'], ladder.at(-2) ?? []]

interface Source {
  /** Below src/, with slashes. */
  path: string
  text: string
  /** Without comments. */
  code: string
  /** Files below src/ that it imports or starts as a thread. */
  imports: string[]
  /** Packages and node: modules, with what is taken from them. */
  packages: { from: string; clause: string }[]
}

const list = (folder: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !relative(root, entry.parentPath).includes('node_modules'))
        .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    : []

const withoutComments = (text: string): string =>
  text.replace(/^\s*\/\*[\s\S]*?\*\/|\/\*\*[\s\S]*?\*\//gm, '').replace(/(^|[\s;{}(),])\/\/[^\n]*/g, '$1')

function read(path: string): Source {
  const text = readFileSync(join(root, 'src', path), 'utf8')
  const code = withoutComments(text)
  const imports: string[] = []
  const packages: Source['packages'] = []
  const add = (from: string, clause: string) => {
    if (from.startsWith('.')) imports.push(normalize(join(dirname(path), from)).replaceAll('\\', '/'))
    else packages.push({ from, clause })
  }
  for (const [, clause = '', from = ''] of code.matchAll(
    /^(?:import|export)\b([^'"`;]*?)\bfrom\s+'([^']+)'/gm,
  ))
    add(from, clause)
  for (const [, from = ''] of code.matchAll(/^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm))
    if (from) add(from, '')
  for (const [, from = ''] of code.matchAll(/\bimport\(\s*'([^']+)'/g)) add(from, '')
  for (const [, from = ''] of code.matchAll(/new URL\(\s*'(\.[^']+\.ts)'/g)) add(from, '')
  return { path, text, code, imports, packages }
}

const sources = list('src')
  .map((path) => path.slice('src/'.length))
  .filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts') && !path.split('/').includes('testing'),
  )
  .map(read)
const byPath = new Map(sources.map((source) => [source.path, source]))

const rungOf = (path: string): number => ladder.findIndex((parts) => parts.some((part) => isIn(path, part)))
const isIn = (path: string, part: string): boolean =>
  part.endsWith('/') ? path.startsWith(part) : path === part
const partOf = (path: string): string => ladder.flat().find((part) => isIn(path, part)) ?? ''

/** Complaints of one test, in one list. */
const none = (complaints: string[]) => assert.deepEqual(complaints, [])
const where = (allowed: (path: string) => boolean, pattern: RegExp): string[] =>
  sources
    .filter(({ path }) => !allowed(path))
    .flatMap(({ path, code }) =>
      [...code.matchAll(new RegExp(pattern, `${pattern.flags.replace('g', '')}g`))].map(
        ([found]) => `${path}: ${found}`,
      ),
    )

test('every file has its place on the ladder', () => {
  none(
    sources.filter(({ path }) => rungOf(path) < 0).map(({ path }) => `${path} stands nowhere on the ladder`),
  )
})

test('imports go downwards only, and neighbours leave each other alone', () => {
  const complaints = sources.flatMap(({ path, imports }) =>
    imports.flatMap((target) => {
      const [from, to] = [partOf(path), partOf(target)]
      if (from === to || together.some((parts) => parts.includes(from) && parts.includes(to))) return []
      return rungOf(target) > rungOf(path) ? [] : [`${path} imports ${target}`]
    }),
  )
  none(complaints)
})

test('imports name files that exist', () => {
  none(
    sources.flatMap(({ path, imports }) =>
      imports.filter((to) => to.endsWith('.ts') && !byPath.has(to)).map((to) => `${path} imports ${to}`),
    ),
  )
})

test('no cycles', () => {
  const done = new Set<string>()
  const complaints: string[] = []
  const visit = (path: string, trail: string[]) => {
    if (trail.includes(path)) complaints.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
    else if (!done.has(path)) {
      for (const target of byPath.get(path)?.imports ?? []) visit(target, [...trail, path])
      done.add(path)
    }
  }
  for (const { path } of sources) visit(path, [])
  none(complaints)
})

test('no file that nobody imports', () => {
  // Threads are started by the URL of their script.
  const threads = sources.filter(({ path }) => path.endsWith('-thread.ts')).map(({ path }) => path)
  const used = new Set(['main.ts', ...threads, ...sources.flatMap(({ imports }) => imports)])
  none(sources.filter(({ path }) => !used.has(path)).map(({ path }) => path))
})

test('SQL, its builder and its drivers are in store/ only', () => {
  const drivers = sources.flatMap(({ path, packages }) =>
    packages
      .filter(({ from }) => ['kysely', 'pg', 'node:sqlite'].includes(from))
      // A type says what a function of store/ takes; the lock is a file lock and keeps no rows.
      .filter(
        ({ clause }) =>
          !path.startsWith('store/') && !clause.trimStart().startsWith('type') && path !== 'app/lock.ts',
      )
      .map(({ from }) => `${path} imports ${from}`),
  )
  const inStore = (path: string) => path.startsWith('store/')
  none([
    ...drivers,
    ...where(
      inStore,
      /['"`]\s*(?:select\s[^'"`]*\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from|create\s+(?:table|index))\s/i,
    ),
    ...where(inStore, /\.(?:selectFrom|insertInto|updateTable|deleteFrom)\(/),
  ])
})

test('the engine is asked for in store/ only', () => {
  none(where((path) => path.startsWith('store/'), /\bengine\.kind\b|\bdb\.engine\.(?:all|transaction)\b/))
})

test('a holding changes in one file', () => {
  none(where((path) => path === 'store/holdings.ts', /updateTable\(\s*'holdings'|\bupdate\s+holdings\b/i))
})

test('passwords are hashed cheaply in tests only', () => {
  none(where((path) => path === 'access/passwords.ts' || /(^|\/)testing\//.test(path), /\bhashCheaply\b/))
})

test('mail/ and policy/ do no I/O', () => {
  const complaints = sources
    .filter(({ path }) => path.startsWith('mail/') || path.startsWith('policy/'))
    .flatMap(({ path, packages }) =>
      packages
        .filter(
          ({ from, clause }) =>
            from.startsWith('node:') && from !== 'node:buffer' && !clause.trimStart().startsWith('type'),
        )
        .map(({ from }) => `${path} imports ${from}`),
    )
  none(complaints)
})

test('process.env is read in config.ts, the time in clock.ts, and only cli/ writes to the console', () => {
  none([
    ...where((path) => path === 'config.ts', /\bprocess\.env\b/),
    ...where((path) => path === 'clock.ts', /\bDate\.now\b|\bnew Date\(\)/),
    ...where((path) => path.startsWith('cli/'), /\bconsole\.\w+/),
  ])
})

test('a file is one whole thought: at most 300 lines, opened by a head comment', () => {
  none([
    ...sources
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300)
      .map(({ path, lines }) => `${path} has ${lines} lines`),
    ...sources.filter(({ text }) => !text.startsWith('/**')).map(({ path }) => `${path} has no head comment`),
  ])
})

test('no names that mean everything', () => {
  const vague = /^(utils?|helpers?|common|misc|managers?|services?|shared|base|core)$/i
  const words = (path: string) =>
    path.split('/').flatMap((part) => basename(part, '.ts').split(/[-_.]|(?=[A-Z])/))
  none(sources.filter(({ path }) => words(path).some((word) => vague.test(word))).map(({ path }) => path))
})

test('no default exports, no type checks switched off', () => {
  const off = new RegExp(['@ts-(?:ignore|nocheck|expect-error)', '\\bas any\\b'].join('|'))
  none([
    ...where(() => false, /^export default\b/m),
    ...sources.filter(({ text }) => off.test(text)).map(({ path }) => `${path} switches a type check off`),
  ])
})

const documents = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...list('docs'),
  ...list('bench'),
  ...list('packaging'),
]
const markdown = documents.filter((path) => path.endsWith('.md'))

test('nothing in the tree belongs to one machine', () => {
  // Written in pieces, so that this file passes its own test.
  const folders = ['work', 'root', 'farm', 'home/[a-z]', 'tmp/[a-z]+\\.'].map(
    (name) => `(?<![\\w.*~/-])/${name}/[a-z.]`,
  )
  const machine = new RegExp([...folders, ['regis', 'try\\.npmjs'].join(''), 'deb\\.debian'].join('|'))
  const files = [
    ...documents,
    ...list('src'),
    ...list('test'),
    ...list('scripts'),
    '.ci/run',
    'package-lock.json',
    'package.json',
  ]
  none(
    files.filter(
      (path) => existsSync(join(root, path)) && machine.test(readFileSync(join(root, path), 'utf8')),
    ),
  )
})

test('links in the documents lead somewhere', () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[`*]/g, '')
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-')
  const complaints = markdown.flatMap((path) => {
    const text = readFileSync(join(root, path), 'utf8').replace(/```[\s\S]*?```/g, '')
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
      if (/^[a-z]+:/.test(link)) return []
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : normalize(join(dirname(path), file))
      if (!existsSync(join(root, target))) return [`${path}: ${link} does not exist`]
      if (!anchor || !target.endsWith('.md')) return []
      const headings = [...readFileSync(join(root, target), 'utf8').matchAll(/^#+ (.*)$/gm)].map(
        ([, heading = '']) => slug(heading),
      )
      return headings.includes(anchor) ? [] : [`${path}: ${link} has no such heading`]
    })
  })
  none(complaints)
})

test('the lock file is whole on every platform and names no registry', () => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>
  }
  const wanted = Object.values(lock.packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies),
  )
  const missing = wanted.filter((name) => !lock.packages[`node_modules/${name}`])
  assert.deepEqual(missing, [], 'run: node scripts/complete-lock.mjs')
  none(Object.keys(lock.packages).filter((path) => lock.packages[path]?.resolved?.startsWith('http')))
})
