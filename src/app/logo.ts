/**
 * The organisation's logo for users' pages: a picture file, read at the start and at each reload. What it is its first
 * bytes say, not its name. SVG is refused: it is a program as well as a picture.
 */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Logo } from '../http/euq/logo.ts'
import { Problem } from '../problem.ts'

const limitBytes = 512 * 1024

const kinds = [
  { ending: 'png', type: 'image/png', fits: (head: string) => head.startsWith('\x89PNG\r\n\x1a\n') },
  { ending: 'jpg', type: 'image/jpeg', fits: (head: string) => head.startsWith('\xff\xd8\xff') },
  { ending: 'webp', type: 'image/webp', fits: (head: string) => /^RIFF....WEBPVP8[ LX]/s.test(head) },
] as const

/** @param path '' for none. @throws Problem when there is one and it cannot be used. */
export function readLogo(path: string): Logo | null {
  if (path === '') return null
  const bytes = read(path)
  const head = Buffer.from(bytes.subarray(0, 32)).toString('latin1')
  const kind = kinds.find(({ fits }) => fits(head))
  if (!kind)
    throw new Problem(
      'invalid',
      `${path} is neither PNG nor JPEG nor WebP.`,
      'Set euq.logo to a picture of one of these kinds; SVG is not taken.',
    )
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32)
  return { name: `${hash}.${kind.ending}`, type: kind.type, bytes }
}

function read(path: string): Uint8Array<ArrayBuffer> {
  try {
    const { size } = statSync(path)
    if (size > limitBytes)
      throw new Problem(
        'invalid',
        `${path} has ${Math.ceil(size / 1024)} KB.`,
        `A logo has at most ${limitBytes / 1024} KB.`,
      )
    return new Uint8Array(readFileSync(path))
  } catch (error) {
    if (error instanceof Problem) throw error
    throw new Problem(
      'invalid',
      `${path} cannot be read: ${(error as Error).message}.`,
      'Check euq.logo, and who may read the file.',
    )
  }
}
