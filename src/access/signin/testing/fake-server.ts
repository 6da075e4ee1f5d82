/**
 * A server that answers lines as a test says: for what IMAP and SMTP servers do wrong. TLS with a certificate of its own
 * for 127.0.0.1. Every line that comes in is kept.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import { selfSignedCertificate } from '../../../app/x509.ts'

const day = 86_400_000
export const certificate = selfSignedCertificate([], ['127.0.0.1'], Date.now() - day, Date.now() + day)

export interface FakeServer extends AsyncDisposable {
  port: number
  /** `127.0.0.1:port`, as the configuration has it. */
  server: string
  /** PEM of its authority. */
  caFile: string
  lines: string[]
  connections: number
}

/** What to write for a line; 'TLS' after a text: TLS begins once it was written; 'CLOSE': the connection ends. */
type Answer = string | [string, 'TLS' | 'CLOSE'] | null

export interface FakeScript {
  greeting: string | null
  answer: (line: string, encrypted: boolean) => Answer
  implicit?: boolean
}

export async function fakeServer({ greeting, answer, implicit = false }: FakeScript): Promise<FakeServer> {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-signin-'))
  const caFile = join(folder, 'ca.pem')
  writeFileSync(caFile, certificate.cert)
  const sockets = new Set<Socket>()
  const lines: string[] = []
  const state = { connections: 0 }
  const secureContext = createSecureContext(certificate)
  const serve = (socket: Socket, encrypted: boolean, hello: string | null) => {
    let rest = ''
    socket.on('error', () => {})
    if (hello !== null) socket.write(hello)
    socket.on('data', (bytes) => {
      rest += bytes.toString('utf8')
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        lines.push(line)
        const said = answer(line, encrypted)
        if (said === null) continue
        const [text, then] = typeof said === 'string' ? [said, null] : said
        if (then === 'CLOSE') socket.end(text)
        else socket.write(text)
        if (then !== 'TLS') continue
        socket.removeAllListeners('data')
        serve(new TLSSocket(socket, { isServer: true, secureContext }), true, null)
      }
    })
  }
  const listener = createServer((socket) => {
    state.connections++
    sockets.add(socket)
    socket.on('error', () => {})
    serve(implicit ? new TLSSocket(socket, { isServer: true, secureContext }) : socket, implicit, greeting)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  return {
    port,
    server: `127.0.0.1:${port}`,
    caFile,
    lines,
    get connections() {
      return state.connections
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A port where nobody listens. */
export async function deadPort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo
  await new Promise((resolve) => listener.close(resolve))
  return port
}

export const never = () => new AbortController().signal
