/** Puts a console (site.ts) on a listener: its page, its files, and its page again for every further address of it. */
import type { Hono, Context as HonoContext } from 'hono'
import type { Env } from './mount.ts'
import { type ConsoleFiles, type ConsolePage, openConsole } from './site.ts'

/**
 * @param nothing what is thrown when there is no such file
 * @returns the page when an address is asked for that a person opens; null: it is none of the console's
 */
export function mountSite(
  app: Hono<Env>,
  page: ConsolePage,
  nothing: (method: string, path: string) => Error,
): (c: HonoContext<Env>) => Response | null {
  const site = openConsole(page)
  app.get('/', (c) => pageOf(c, site))
  for (const path of ['/assets/:file', '/favicon.svg'])
    app.get(path, (c) => {
      const found = site.file(c.req.path.slice(1), c.req.header('accept-encoding') ?? '')
      if (!found) throw nothing(c.req.method, '')
      return c.body(found.body, found.status, found.headers)
    })
  // Every address of the console is the same page; which one it is to show, it knows itself.
  return (c) =>
    isConsoleAddress(c.req.method, c.req.path, c.req.header('accept') ?? '') ? pageOf(c, site) : null
}

const pageOf = (c: HonoContext<Env>, site: ConsoleFiles): Response => {
  const { body, status, headers } = site.page()
  return c.body(body, status, headers)
}

/** What a person opens: a page is wanted, and the path is none of a file or of the API. */
const isConsoleAddress = (method: string, path: string, accept: string): boolean =>
  (method === 'GET' || method === 'HEAD') && accept.includes('text/html') && /^\/(?!api\b)[\w/-]+$/.test(path)
