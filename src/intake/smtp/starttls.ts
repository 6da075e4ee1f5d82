/** The change from a plain socket to TLS in the middle of a session (RFC 3207); a failed handshake ends the session. */
import type { Socket } from 'node:net'
import { type SecureContext, TLSSocket } from 'node:tls'

/** The socket of the session from now on. Nobody listens to the plain one any more, except for its end. */
export function startTls(plain: Socket, secureContext: SecureContext): Socket {
  for (const event of ['data', 'drain', 'end']) plain.removeAllListeners(event)
  const secure = new TLSSocket(plain, { isServer: true, secureContext })
  plain.on('close', () => secure.destroy())
  return secure
}
