/**
 * How the consoles are built: hashed files that a browser may keep for ever, each with a gzip and a brotli twin beside it,
 * so that the server compresses nothing. The routes' methods and paths come out of the API's own table.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { euqRoutes } from '../src/api/euq/routes.ts'
import type { Route } from '../src/api/route.ts'
import { routes } from '../src/api/routes.ts'

/**
 * `virtual:routes` and `virtual:my-routes`: name → 'METHOD /path', without the schemas, which a browser has no use for.
 * Two modules, so that neither console carries the addresses of the other's API.
 */
function routeTables(): Plugin {
  const tables: Record<string, Record<string, Route<string>>> = {
    'virtual:routes': routes,
    'virtual:my-routes': euqRoutes,
  }
  return {
    name: 'route-tables',
    resolveId: (source) => (Object.hasOwn(tables, source) ? `\0${source}` : undefined),
    load(source) {
      const table = source.startsWith('\0') ? tables[source.slice(1)] : undefined
      if (!table) return undefined
      const lines = Object.entries(table).map(([name, { method, path }]) => [
        name,
        `${method.toUpperCase()} ${path}`,
      ])
      return `export const routes = ${JSON.stringify(Object.fromEntries(lines))}`
    },
  }
}

function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle({ dir = '' }, bundle) {
      for (const entry of Object.keys(bundle)) {
        if (!entry.startsWith('assets/')) continue
        const file = join(dir, entry)
        const bytes = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(
          `${file}.br`,
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }),
        )
      }
    },
  }
}

/**
 * One console a build, named by the mode: built together, they would share their code in so many small files, with what
 * only the other needs among it, that each would load a tenth more.
 */
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), routeTables(), precompress()],
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'web'),
    emptyOutDir: mode !== 'user',
    target: 'es2023',
    // Where light-dark() is known: rewritten for older ones, it would follow the system and not what somebody chose.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    sourcemap: false,
    rolldownOptions: {
      input: join(import.meta.dirname, mode === 'user' ? 'user.html' : 'index.html'),
    },
    // Inlined pictures would be data: URLs in styles; files are simpler to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
}))
