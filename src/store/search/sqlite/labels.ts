/** The labels of a segment's rows: the distinct combinations, and which one each row has. */
import type { Entry } from '../index.ts'

export interface RowLabels {
  /** Area, reason, rule, scanner of each combination. */
  combinations: Uint32Array
  rows: Uint16Array
}

export function packLabels(
  entries: readonly Pick<Entry, 'area' | 'reason' | 'rule' | 'scanner'>[],
): Uint8Array {
  const known = new Map<string, number>()
  const combinations: number[] = []
  const rows = new Uint16Array(entries.length)
  entries.forEach(({ area, reason, rule, scanner }, row) => {
    const key = `${area} ${reason} ${rule} ${scanner}`
    let number = known.get(key)
    if (number === undefined) {
      number = known.size
      known.set(key, number)
      combinations.push(area, reason, rule, scanner)
    }
    rows[row] = number
  })
  const bytes = new Uint8Array(4 + combinations.length * 4 + rows.byteLength)
  new Uint32Array(bytes.buffer, 0, 1 + combinations.length).set([known.size, ...combinations])
  bytes.set(new Uint8Array(rows.buffer), 4 + combinations.length * 4)
  return bytes
}

export function readLabels({ buffer, byteOffset, byteLength }: Uint8Array): RowLabels {
  const count = new Uint32Array(buffer, byteOffset, 1)[0] as number
  const at = byteOffset + 4
  return {
    combinations: new Uint32Array(buffer, at, count * 4),
    rows: new Uint16Array(buffer, at + count * 16, (byteLength - 4 - count * 16) / 2),
  }
}
