/**
 * Takes one part out of a message while its bytes pass: decoded, never held as a whole. What was found of it is known
 * before its first byte comes out.
 */
import type { Watch } from '../mail/findings.ts'
import { createReader } from '../mail/reader.ts'
import { UuencodeSearch } from '../mail/uuencode.ts'
import { encodingOf, isSearched, kindOf, leafType, uuencodedFrom } from './numbering.ts'
import { PartBody } from './part-body.ts'

export interface TakenPart {
  name: string
  type: string
}

export interface PartTaker {
  /** The next bytes of the message; returns what has come out of the part, which is the caller's. */
  push(bytes: Uint8Array): Buffer[]
  end(): Buffer[]
  /** Null as long as the part has not begun. */
  readonly found: TakenPart | null
}

export function takePart(part: number): PartTaker {
  let found: TakenPart | null = null
  let out: Buffer[] = []
  let count = 0
  let uuencoded = uuencodedFrom
  const keep = (bytes: Buffer) => {
    out.push(Buffer.from(bytes))
  }
  const nothing = () => undefined
  const watch: Watch = (entity, fields) => {
    const encoding = encodingOf(entity, fields)
    const number = count++
    const kind = kindOf(entity)
    if (number === part && kind !== 'multipart') {
      found = { name: entity.names[0] ?? '', type: entity.type }
      return new PartBody(encoding, keep, nothing)
    }
    if (kind !== 'leaf') return null
    if (part < uuencodedFrom || !isSearched(leafType(entity), encoding))
      return { push: nothing, end: nothing }
    const search: UuencodeSearch = new UuencodeSearch(
      () => uuencoded++,
      (bytes) => {
        if (uuencoded !== part) return
        found ??= { name: search.fileName, type: 'application/x-uuencode' }
        keep(bytes)
      },
    )
    return new PartBody(
      encoding,
      (bytes) => search.push(bytes),
      () => search.end(),
    )
  }
  const reader = createReader({}, watch)
  const taken = () => {
    const pieces = out
    out = []
    return pieces
  }
  return {
    push(bytes) {
      reader.push(bytes)
      return taken()
    },
    end() {
      reader.end()
      return taken()
    },
    get found() {
      return found
    },
  }
}
