/**
 * The way to the server on this machine: TLS to exactly the certificate whose fingerprint stands in its data directory,
 * whatever its names and whoever signed it. Checked before anything is sent, so that the key never reaches somebody else
 * who listens on the port.
 */
import { Agent, request } from 'node:https'
import { connect } from 'node:tls'
import type { ClientResponse, Transport } from '../api/client.ts'

const connectTimeoutMs = 10_000
const silenceTimeoutMs = 120_000

/** @param fingerprint SHA-256, as Node writes it. */
export function pinnedTransport(fingerprint: string): Transport {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  agent.createConnection = ({ host, port }, ready) => {
    const socket = connect({
      host: host ?? '127.0.0.1',
      port: Number(port),
      rejectUnauthorized: false,
      timeout: connectTimeoutMs,
    })
    const failed = (error: Error) => {
      socket.destroy()
      ready?.(error, socket)
    }
    socket.once('error', failed)
    socket.once('timeout', () => failed(new Error('no answer')))
    socket.once('secureConnect', () => {
      if (socket.getPeerCertificate().fingerprint256 !== fingerprint)
        return failed(new Error('another program answers there, with a certificate that is not ours'))
      socket.off('error', failed).setTimeout(0)
      ready?.(null, socket)
    })
    return undefined
  }
  return ({ url, method, headers, body }) =>
    new Promise<ClientResponse>((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const asked = request(url, { agent, method, headers: { ...headers, ...length } }, (answer) =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(answer.headers).map(([name, value]) => [name, String(value)]),
          ),
          setCookie: answer.headers['set-cookie'] ?? [],
          body: answer,
        }),
      )
      asked.once('error', reject)
      asked.setTimeout(silenceTimeoutMs, () =>
        asked.destroy(new Error(`no answer within ${silenceTimeoutMs / 1000} s`)),
      )
      asked.end(body)
    })
}
