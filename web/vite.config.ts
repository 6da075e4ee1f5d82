/**
 * How the consoles are built: hashed files that a browser may keep for ever, each with a gzip and a brotli twin beside it,
 * so that the server compresses nothing. The routes' methods and paths come out of the API's own table.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import type { Route } from '../src/api/route.ts'
import { routes } from '../src/api/routes.ts'

/** `virtual:routes`: name → 'METHOD /path', without the schemas, which a browser has no use for. */
function routeTable(): Plugin {
  const id = 'virtual:routes'
  return {
    name: 'route-table',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(source) {
      if (source !== `\0${id}`) return undefined
      const table = Object.entries<Route>(routes).map(([name, { method, path }]) => [
        name,
        `${method.toUpperCase()} ${path}`,
      ])
      return `export const routes = ${JSON.stringify(Object.fromEntries(table))}`
    },
  }
}

function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    writeBundle({ dir = '' }) {
      for (const entry of readdirSync(join(dir, 'assets'))) {
        const file = join(dir, 'assets', entry)
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

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), routeTable(), precompress()],
  build: {
    outDir: join(import.meta.dirname, '..', 'dist', 'web'),
    emptyOutDir: true,
    target: 'es2023',
    // Where light-dark() is known: rewritten for older ones, it would follow the system and not what somebody chose.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    sourcemap: false,
    // Inlined pictures would be data: URLs in styles; files are simpler to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
})
