/**
 * The way to the server on this machine: TLS to exactly the certificate whose fingerprint stands in its data directory,
 * whatever its names and whoever signed it. Checked before anything is sent, so that the key never reaches somebody else
 * who listens on the port.
 */
import { request } from 'node:https'
import type { ClientResponse, Transport } from '../api/client.ts'
import { pinnedAgent } from '../http/pinned-agent.ts'

const connectTimeoutMs = 10_000
const silenceTimeoutMs = 120_000

/** @param fingerprint SHA-256, as Node writes it. */
export function pinnedTransport(fingerprint: string): Transport {
  const agent = pinnedAgent(fingerprint, { connections: 4, connectTimeoutMs })
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
