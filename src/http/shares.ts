/**
 * Shares of something limited: connections, requests being worked on. One network gets at most half of it, so that
 * somebody who holds on to all that he can get (without ever signing in) does not shut everybody else out.
 */
import { addressNetwork } from '../access/throttle.ts'

export class Shares {
  #taken = 0
  readonly #byNetwork = new Map<string, number>()

  /**
   * Takes one of `limit`; to give it back call what it returns, once. Null: there is none left, or none for this network.
   * @param isMany stands for many: it may have all.
   */
  take(address: string, limit: number, isMany = false): (() => void) | null {
    const network = addressNetwork(address)
    const own = this.#byNetwork.get(network) ?? 0
    if (this.#taken >= limit || (!isMany && own >= Math.ceil(limit / 2))) return null
    this.#taken++
    this.#byNetwork.set(network, own + 1)
    return () => this.#giveBack(network)
  }

  #giveBack(network: string): void {
    const own = this.#byNetwork.get(network) ?? 0
    this.#taken--
    if (own > 1) this.#byNetwork.set(network, own - 1)
    else this.#byNetwork.delete(network)
  }
}
