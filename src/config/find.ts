/**
 * Which configuration file is meant, and its text. A file that was named must exist; the usual places may be empty,
 * then everything has its default.
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Problem } from '../problem.ts'

export const usualPlaces = ['lazaret.toml', '/etc/lazaret/lazaret.toml'] as const
const limitBytes = 1 << 20

export interface ConfigText {
  /** Absolute. */
  path: string
  text: string
}

export function findConfigFile(named: string | undefined): ConfigText | null {
  const path = named ?? usualPlaces.find((place) => existsSync(place))
  if (path === undefined) return null
  return { path: resolve(path), text: readText(path) }
}

function readText(path: string): string {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    const remedy =
      code === 'ENOENT'
        ? 'Make one with: lazaret config example > lazaret.toml'
        : 'Check the path and who may read it.'
    throw new Problem('invalid', `The configuration file ${path} cannot be read (${code}).`, remedy)
  }
  if (bytes.length > limitBytes)
    throw new Problem('invalid', `${path} is larger than 1 MB.`, 'This is hardly a configuration file.')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Problem('invalid', `${path} is not UTF-8 text.`, 'TOML files are UTF-8; save it as such.')
  }
}
