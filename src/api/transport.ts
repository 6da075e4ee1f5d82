/**
 * Carries requests of api/client.ts over TLS, on kept-open connections. Fails with the socket's own error
 * (ECONNREFUSED, a certificate that is not trusted …) or when the server says nothing for too long.
 */
import { Agent, request } from 'node:https'
import type { ClientResponse, Transport } from './client.ts'

export interface TransportOptions {
  /** PEM of certificates to trust instead of the usual ones. */
  ca?: string
  /** Take any certificate: for the machine's own self-signed one. */
  insecure?: boolean
  /** Without a byte from the server. */
  timeoutMs?: number
}

export type HttpsTransport = Transport & Disposable

export function httpsTransport({
  ca,
  insecure = false,
  timeoutMs = 120_000,
}: TransportOptions = {}): HttpsTransport {
  const agent = new Agent({ keepAlive: true, ca, rejectUnauthorized: !insecure, maxSockets: 16 })
  const send: Transport = ({ url, method, headers, body }) =>
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
      asked.setTimeout(timeoutMs, () => asked.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
      asked.end(body)
    })
  return Object.assign(send, { [Symbol.dispose]: () => agent.destroy() })
}
