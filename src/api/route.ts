/** One row of the API's table: a route, who may call it, what goes in and what comes out. */
import type { z } from 'zod'
import type { Permission } from '../access/roles.ts'

export interface Route {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: `/${string}`
  /** `anyone`: without a session or key. */
  permission: Permission | 'anyone'
  summary: string
  /** Beyond the summary: what is particular, in Markdown-free sentences. */
  description?: string
  params?: z.ZodObject
  query?: z.ZodObject
  body?: z.ZodType
  /** JSON answer; none for 204 and for other media types. */
  answer?: z.ZodType
  status: 200 | 201 | 204
  mediaType?: string
}

export const v1 = '/api/v1'
