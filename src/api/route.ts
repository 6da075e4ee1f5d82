/** One row of a table of routes: who may call it, what goes in and what comes out; and the types that follow from it. */
import type { z } from 'zod'
import type { Permission } from '../access/roles.ts'

/** @typeParam P who may, besides anyone: on the admin listener a permission. */
export interface Route<P extends string = Permission> {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: `/${string}`
  /** `anyone`: without a session or key. */
  permission: P | 'anyone'
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

type Given<R, K extends string> = R extends { [P in K]: infer S extends z.ZodType } ? S : never
type Part<K extends string, S extends z.ZodType> = [S] extends [never]
  ? unknown
  : object extends z.input<S>
    ? { [P in K]?: z.input<S> }
    : { [P in K]: z.input<S> }

/** What a caller gives: params, query and body, as far as the route has them. */
export type InputTo<R> = Part<'params', Given<R, 'params'>> &
  Part<'query', Given<R, 'query'>> &
  Part<'body', Given<R, 'body'>>

/** What a handler gets, after the checks. */
export interface RequestTo<R> {
  params: [Given<R, 'params'>] extends [never] ? undefined : z.output<Given<R, 'params'>>
  query: [Given<R, 'query'>] extends [never] ? undefined : z.output<Given<R, 'query'>>
  body: [Given<R, 'body'>] extends [never] ? undefined : z.output<Given<R, 'body'>>
}

export type AnswerFrom<R> = [Given<R, 'answer'>] extends [never] ? undefined : z.output<Given<R, 'answer'>>
