/**
 * Inserts on their way to the writer thread. Copying an object to another thread costs by the number of its parts, so a
 * table's name and columns travel once, as a shape, and a caller's rows as one flat list: shape, number of rows, values.
 */
import type { Insert, Value } from '../engine.ts'

export interface Shape {
  table: string
  columns: readonly string[]
  zstd: number | undefined
}

export interface EncodedBatch {
  /** Shapes that the writer has not seen yet, in order of their numbers. */
  newShapes: Shape[]
  groups: Value[][]
}

export class InsertEncoder {
  /** By the columns' identity: they are constants of the code that inserts. */
  readonly #known = new Map<readonly string[], { table: string; number: number }[]>()
  #shapes = 0

  encode(groups: Insert[][]): EncodedBatch {
    const newShapes: Shape[] = []
    return { groups: groups.map((group) => this.#flat(group, newShapes)), newShapes }
  }

  #flat(group: Insert[], newShapes: Shape[]): Value[] {
    const flat: Value[] = []
    for (const insert of group) {
      if (insert.rows.length === 0) continue
      flat.push(this.#shapeOf(insert, newShapes), insert.rows.length)
      for (const row of insert.rows) for (const value of row) flat.push(value)
    }
    return flat
  }

  #shapeOf({ table, columns, zstd }: Insert, newShapes: Shape[]): number {
    const known = this.#known.get(columns) ?? []
    const found = known.find((shape) => shape.table === table)
    if (found) return found.number
    const number = this.#shapes++
    newShapes.push({ table, columns, zstd })
    if (this.#known.size < shapesKept) this.#known.set(columns, [...known, { table, number }])
    return number
  }
}

/** Columns that are made anew for each call would fill the map: beyond this they get a new shape each time. */
const shapesKept = 200

/** Buffers that go to the writer without being copied. */
export function given(groups: Insert[][]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = []
  for (const group of groups)
    for (const { rows, zstd } of group)
      if (zstd !== undefined)
        for (const row of rows) {
          const bytes = row[zstd]
          if (bytes instanceof Uint8Array && bytes.byteLength === bytes.buffer.byteLength)
            buffers.push(bytes.buffer as ArrayBuffer)
        }
  return buffers
}
