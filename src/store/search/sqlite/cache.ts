/** What was read last, up to a number of bytes; the least recently used goes first. */
export class Cache<V> {
  readonly #limitBytes: number
  readonly #kept = new Map<number, { value: V; bytes: number }>()
  #bytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
  }

  get(key: number, read: () => { value: V; bytes: number }): V {
    const known = this.#kept.get(key)
    if (known) {
      this.#kept.delete(key)
      this.#kept.set(key, known)
      return known.value
    }
    const made = read()
    this.#kept.set(key, made)
    this.#bytes += made.bytes
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= this.#limitBytes) break
      this.#kept.delete(oldest)
      this.#bytes -= bytes
    }
    return made.value
  }
}
