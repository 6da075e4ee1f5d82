/**
 * How a part of the product declares its options: one section of the configuration file, each key with its check, its
 * default and its manual. config.ts lists the sections; the example file, the checks at start and the environment
 * overrides (LAZARET_SECTION_KEY) all come from these declarations. Keys are written as in the file (snake_case), with
 * the unit last: `idle_timeout_s`, `message_limit_mb`.
 */
import type { z } from 'zod'

export interface Option<T> {
  check: z.ZodType<T>
  default: T
  /** The manual of this key: what it does, its unit, when to change it. One to four lines. */
  doc: string
  /** Takes effect on reload (SIGHUP) without dropping connections. */
  reloadable: boolean
}

export interface Section<K extends Record<string, Option<unknown>> = Record<string, Option<unknown>>> {
  name: string
  doc: string
  options: K
}

/** The values of a section, as its part receives them. */
export type ValuesOf<S> =
  S extends Section<infer K> ? { [P in keyof K]: K[P] extends Option<infer T> ? T : never } : never

export function option<T>(
  check: z.ZodType<T>,
  initial: T,
  doc: string,
  more: { reloadable?: boolean } = {},
): Option<T> {
  return { check, default: initial, doc, reloadable: more.reloadable ?? false }
}

export function section<K extends Record<string, Option<unknown>>>(
  name: string,
  doc: string,
  options: K,
): Section<K> {
  return { name, doc, options }
}

/** The defaults of a section: what its part gets when the file says nothing; tests start from these. */
export function defaultsOf<S extends Section>(part: S): ValuesOf<S> {
  return Object.fromEntries(
    Object.entries(part.options).map(([key, { default: value }]) => [key, value]),
  ) as ValuesOf<S>
}
