/** Serves the organisation's logo. Its address has the hash of the content, so that browsers may keep it for ever. */
import type { Hono } from 'hono'
import type { Env } from '../mount.ts'

export interface Logo {
  /** Hash of the content, with the ending of its kind. */
  name: string
  type: string
  bytes: Uint8Array<ArrayBuffer>
}

/** Below the root. */
const folder = '/logo/'

export const logoPath = (logo: Logo): string => folder + logo.name

/** @param nothing what is thrown when there is no such file */
export function mountLogo(
  app: Hono<Env>,
  logo: () => Logo | null,
  nothing: (method: string, path: string) => Error,
): void {
  app.get(`${folder}:file`, (c) => {
    const now = logo()
    if (!now || c.req.path !== logoPath(now)) throw nothing(c.req.method, '')
    return c.body(now.bytes, 200, {
      'content-type': now.type,
      'cache-control': 'public, max-age=31536000, immutable',
    })
  })
}
