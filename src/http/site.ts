/**
 * Serves a console, the administrators' or the users': one page for every address that a person opens, and the hashed
 * files that it is made of, compressed beforehand by the build (scripts/console.mjs). The page carries a policy that
 * allows this server's own scripts and the styles with its nonce, and nothing else; the files may be kept for ever.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface ConsoleAnswer {
  status: 200 | 503
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer> | string
}

export interface ConsoleFiles {
  /** The page, for whatever address of the console. */
  page(): ConsoleAnswer
  /** A file by its path below the root, such as `assets/index-abc.js`; null: there is none. */
  file(path: string, acceptEncoding: string): ConsoleAnswer | null
}

export const builtConsole = fileURLToPath(new URL('../../dist/web', import.meta.url))

const types: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
  png: 'image/png',
}
const encodings = [
  { name: 'br', ending: '.br' },
  { name: 'gzip', ending: '.gz' },
] as const

/** Each listener shows one of them. */
export type ConsolePage = 'index.html' | 'user.html'

/** @param folder what the build made. Files are read when first asked for, and kept: there are some dozens. */
export function openConsole(pageFile: ConsolePage = 'index.html', folder = builtConsole): ConsoleFiles {
  let known: Set<string> | undefined
  let template: string | undefined
  const kept = new Map<string, Uint8Array<ArrayBuffer>>()
  const names = (): Set<string> => {
    known ??= new Set(filesOf(folder))
    return known
  }
  const read = (name: string): Uint8Array<ArrayBuffer> => {
    const bytes = kept.get(name) ?? new Uint8Array(readFileSync(join(folder, name)))
    kept.set(name, bytes)
    return bytes
  }
  return {
    page() {
      if (!names().has(pageFile)) return notBuilt
      template ??= new TextDecoder().decode(read(pageFile))
      const nonce = randomBytes(18).toString('base64')
      return {
        status: 200,
        headers: {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': consolePolicy(nonce),
          'cache-control': 'no-store',
        },
        body: template.replace('%NONCE%', nonce),
      }
    },
    file(path, acceptEncoding) {
      const type = types[path.slice(path.lastIndexOf('.') + 1)]
      if (!type || !names().has(path)) return null
      const encoding = encodings.find(
        ({ name, ending }) => accepts(acceptEncoding, name) && names().has(path + ending),
      )
      return {
        status: 200,
        headers: {
          'content-type': type,
          'cache-control': path.startsWith('assets/')
            ? 'public, max-age=31536000, immutable'
            : 'max-age=3600',
          vary: 'accept-encoding',
          ...(encoding ? { 'content-encoding': encoding.name } : {}),
        },
        body: read(path + (encoding?.ending ?? '')),
      }
    },
  }
}

const consolePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

const notBuilt: ConsoleAnswer = {
  status: 503,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'The console has not been built. Run `npm run build`, then load this page again.\n',
}

/** RFC 9110, 12.5.3, as far as browsers use it: named and not with q=0. */
function accepts(header: string, encoding: string): boolean {
  return header
    .toLowerCase()
    .split(',')
    .some((item) => {
      const [name = '', ...parameters] = item.split(';').map((text) => text.trim())
      return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
    })
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(folder.length + 1)
          .replaceAll('\\', '/'),
      )
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
