/** Stands between us and PostgreSQL and breaks the connection over which COMMIT goes, before or after it has reached the server. */
import { connect, createServer, type Socket } from 'node:net'

export interface BreakingProxy extends AsyncDisposable {
  /** The server's URL, through here. */
  url: string
  /**
   * Breaks the connection of the next COMMIT. `lost`: it never gets to the server. `done`: the server has carried it out,
   * and its answer is lost.
   */
  breakNext(when: 'lost' | 'done'): void
  readonly broken: number
}

const commit = Buffer.from('commit\0')

export async function breakingProxy(url: string): Promise<BreakingProxy> {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  let next: 'lost' | 'done' | undefined
  let broken = 0
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true })
    let mute = false
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    client.on('data', (bytes: Buffer) => {
      if (next && bytes.includes(commit)) {
        broken++
        mute = next === 'done'
        next = undefined
        if (!mute) return end()
      }
      upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (mute) end()
      else client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const through = new URL(url)
  through.port = String(typeof address === 'object' && address ? address.port : 0)
  return {
    url: through.href,
    breakNext(when) {
      next = when
    },
    get broken() {
      return broken
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
