/** A directory that answers LDAP operations as a test says, with bytes that may be wrong. Keeps what it was asked. */
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { elementAt, encoded, enumerated, integer, octets, partsOf, textIn } from '../ldap-ber.ts'
import { certificate } from './fake-server.ts'

export type Asked =
  | { kind: 'bind'; dn: string; password: string; encrypted: boolean }
  | { kind: 'search'; base: string; filter: Buffer; encrypted: boolean }
  | { kind: 'starttls' }
  | { kind: 'unbind' }

export interface FakeDirectory extends AsyncDisposable {
  server: string
  asked: Asked[]
  connections: number
}

/** A whole message. */
export const message = (operation: Buffer, id: number): Buffer => encoded(0x30, integer(id), operation)
export const result = (tag: number, code: number): Buffer =>
  encoded(tag, enumerated(code), octets(''), octets('geheim'))

export function entry(dn: string, attributes: Record<string, string[]>): Buffer {
  const list = Object.entries(attributes).map(([type, values]) =>
    encoded(0x30, octets(type), encoded(0x31, ...values.map((value) => octets(value)))),
  )
  return encoded(0x64, octets(dn), encoded(0x30, ...list))
}

/** Operations to answer with; `CLOSE` ends the connection; `raw` is written as it is. */
type Answer = readonly Buffer[] | 'CLOSE' | { raw: Buffer } | null

export async function fakeDirectory(answer: (asked: Asked) => Answer): Promise<FakeDirectory> {
  const asked: Asked[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  const secureContext = createSecureContext(certificate)
  const serve = (socket: Socket, encrypted: boolean) => {
    let rest: Buffer = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      for (let whole = elementAt(rest, 0); whole && whole.end <= rest.length; whole = elementAt(rest, 0)) {
        const here = Buffer.from(rest)
        rest = rest.subarray(whole.end)
        const [id, operation] = partsOf(here, whole)
        const number = here.readUIntBE(id!.start, id!.end - id!.start)
        const parts = operation!.tag === 0x42 ? [] : partsOf(here, operation!)
        const slice = (i: number) => here.toString('utf8', parts[i]!.start, parts[i]!.end)
        const one: Asked =
          operation!.tag === 0x60
            ? { kind: 'bind', dn: textIn(here, parts[1]), password: slice(2), encrypted }
            : operation!.tag === 0x63
              ? {
                  kind: 'search',
                  base: textIn(here, parts[0]),
                  filter: here.subarray(parts[5]!.end, parts[7]!.start),
                  encrypted,
                }
              : { kind: operation!.tag === 0x77 ? 'starttls' : 'unbind' }
        asked.push(one)
        const said = answer(one)
        if (said === 'CLOSE') socket.destroy()
        else if (said && 'raw' in said) socket.write(said.raw)
        else for (const part of said ?? []) socket.write(message(part, number))
        if (one.kind === 'starttls' && said !== 'CLOSE') {
          socket.removeAllListeners('data')
          serve(new TLSSocket(socket, { isServer: true, secureContext }), true)
        }
      }
    })
  }
  const listener = createServer((socket) => {
    connections++
    sockets.add(socket)
    serve(socket, false)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    server: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    asked,
    get connections() {
      return connections
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  }
}
