/**
 * Kept-open TLS connections to exactly the certificate with a known fingerprint, whatever its names and whoever signed
 * it. Checked before anything is sent, so that a secret never reaches somebody else who listens on the port.
 */
import { Agent } from 'node:https'
import { connect } from 'node:tls'

export interface PinnedOptions {
  connections: number
  connectTimeoutMs: number
  /** A connection that nobody used for so long is closed. */
  idleMs?: number
}

/** @param fingerprint SHA-256, as Node writes it. */
export function pinnedAgent(
  fingerprint: string,
  { connections, connectTimeoutMs, idleMs }: PinnedOptions,
): Agent {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: connections,
    ...(idleMs === undefined ? {} : { timeout: idleMs }),
  })
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
  return agent
}
