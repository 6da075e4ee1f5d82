/**
 * The four LDAP operations that signing in needs (RFC 4511): StartTLS, simple bind, search, unbind; one at a time over
 * one connection that is never made anew, so that nothing meant for a protected or a bound one goes over another.
 * npm's `ldapts` was tried: it connects again in the clear when a connection is lost after StartTLS, takes what came before
 * TLS as part of an answer under TLS and a bind response without a result as success, and never ends reading an entry
 * that says it is longer than it is.
 */
import type { Socket } from 'node:net'
import {
  type Element,
  elementAt,
  encoded,
  enumerated,
  integer,
  Malformed,
  numberIn,
  octets,
  partsOf,
  textIn,
  truth,
} from './ldap-ber.ts'
import { awaited, connected, type Place, secured, Unreachable } from './wire.ts'

/** One message of a directory: an entry with the attributes asked for. */
const messageLimitBytes = 1024 * 1024
/** Messages in answer to one request: two entries, some references, the end. */
const messagesLimit = 50
const startTlsName = '1.3.6.1.4.1.1466.20037'

export interface Entry {
  dn: string
  /** By attribute, lower case, without options. */
  values: Map<string, string[]>
}

interface Message {
  bytes: Buffer
  operation: Element
}

export class Directory {
  #socket: Socket
  readonly #signal: AbortSignal
  #rest: Buffer = Buffer.alloc(0)
  #id = 0

  private constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket
    this.#signal = signal
    this.#socket.on('error', () => {}) // told by #next, which finds it destroyed
  }

  /** Connected, and under TLS as the place asks. @throws Unreachable */
  static async open(place: Place, signal: AbortSignal): Promise<Directory> {
    const directory = new Directory(await connected(place, signal), signal)
    if (place.tls === 'starttls') await directory.#startTls(place)
    return directory
  }

  async #startTls(place: Place): Promise<void> {
    this.#send(encoded(0x77, octets(startTlsName, 0x80)))
    const code = this.#codeOf(await this.#next(), 0x78)
    if (code !== 0) throw this.#broken(`the directory answered StartTLS with code ${code}`)
    // What came behind the agreement could have been put there by anybody.
    if (this.#rest.length > 0) throw this.#broken('the directory spoke in the clear after StartTLS')
    this.#socket = await secured(this.#socket, place, this.#signal)
    this.#socket.on('error', () => {})
  }

  /** The result code; 0 is success. An empty password would ask for something else (RFC 4513 §5.1.2). @throws Unreachable */
  async bind(dn: string, password: string): Promise<number> {
    if (dn === '' || password === '') throw new Error('a bind needs a name and a password')
    this.#send(encoded(0x60, integer(3), octets(dn), octets(password, 0x80)))
    return this.#codeOf(await this.#next(), 0x61)
  }

  /** At most two entries, since nobody asks for more than one; references to other servers are not followed. @throws Unreachable */
  async search(
    base: string,
    whole: boolean,
    filter: Buffer,
    attributes: readonly string[],
    timeLimitS: number,
  ): Promise<Entry[]> {
    this.#send(
      encoded(
        0x63,
        octets(base),
        enumerated(whole ? 2 : 0),
        enumerated(0), // aliases are not followed
        integer(2),
        integer(Math.max(1, Math.ceil(timeLimitS))),
        truth(false),
        filter,
        encoded(0x30, ...attributes.map((attribute) => octets(attribute))),
      ),
    )
    const entries: Entry[] = []
    for (let messages = 0; messages < messagesLimit; messages++) {
      const message = await this.#next()
      if (message.operation.tag === 0x64) entries.push(this.#read(() => entryOf(message)))
      else if (message.operation.tag !== 0x73) {
        const code = this.#codeOf(message, 0x65)
        // 4: there are more than we asked for; that is all we want to know.
        if (code === 0 || code === 4) return entries
        throw this.#broken(`the directory answered the search with code ${code}`)
      }
    }
    throw this.#broken('the directory says far more than it was asked')
  }

  close(): void {
    if (!this.#socket.destroyed) this.#socket.end(encoded(0x30, integer(++this.#id), Buffer.from([0x42, 0])))
    const socket = this.#socket
    setTimeout(() => socket.destroy(), 1000).unref()
  }

  #broken(why: string): Unreachable {
    this.#socket.destroy()
    return new Unreachable(why)
  }

  #read<T>(read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      throw this.#broken(`the directory does not speak LDAP: ${error.message}`)
    }
  }

  #send(operation: Buffer): void {
    this.#socket.write(encoded(0x30, integer(++this.#id), operation))
  }

  #codeOf({ bytes, operation }: Message, tag: number): number {
    if (operation.tag !== tag) throw this.#broken('the directory answered something that was not asked')
    return this.#read(() => numberIn(bytes, partsOf(bytes, operation)[0], 0x0a))
  }

  /** The next message in answer to what was sent last. @throws Unreachable */
  async #next(): Promise<Message> {
    const whole = () =>
      this.#read(() => {
        const element = elementAt(this.#rest, 0)
        if (element && element.tag !== 0x30) throw new Malformed('no sequence')
        if ((element?.end ?? 0) > messageLimitBytes) throw new Malformed('a message longer than 1 MB')
        return element && element.end <= this.#rest.length ? element : null
      })
    const socket = this.#socket
    if (!whole())
      await awaited(socket, this.#signal, (done, failed) => {
        const take = (bytes: Buffer) => {
          this.#rest = Buffer.concat([this.#rest, bytes])
          try {
            if (whole()) done()
          } catch (error) {
            failed(error)
          }
        }
        socket.on('data', take).resume()
        return () => socket.off('data', take).pause()
      })
    const element = whole()!
    const bytes = Buffer.from(this.#rest.subarray(0, element.end))
    this.#rest = this.#rest.subarray(element.end)
    return this.#read(() => {
      const [id, operation] = partsOf(bytes, element)
      if (!operation) throw new Malformed('a message without an operation')
      // 0 is a notice that the server is about to leave (RFC 4511 §4.4.1).
      if (numberIn(bytes, id, 0x02) !== this.#id) throw new Malformed('an answer to nothing that was asked')
      return { bytes, operation }
    })
  }
}

function entryOf({ bytes, operation }: Message): Entry {
  const [dn, attributes] = partsOf(bytes, operation)
  if (attributes?.tag !== 0x30) throw new Malformed('an entry without attributes')
  const values = new Map<string, string[]>()
  for (const attribute of partsOf(bytes, attributes)) {
    const [type, set] = partsOf(bytes, attribute)
    if (set?.tag !== 0x31) throw new Malformed('an attribute without a set of values')
    const name = textIn(bytes, type).toLowerCase().split(';')[0] ?? ''
    const here = partsOf(bytes, set).map((value) => textIn(bytes, value))
    values.set(name, [...(values.get(name) ?? []), ...here])
  }
  return { dn: textIn(bytes, dn), values }
}
