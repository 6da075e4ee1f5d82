/**
 * A listening socket and its sessions: who may connect (networks, counts), one coarse timer for all of them, and an end
 * in good order. Errors of a single connection end that connection.
 */
import { chmod, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Timer } from '../../clock.ts'
import { Problem } from '../../problem.ts'
import { type ListenAddress, plainAddress } from '../options.ts'
import { Connection } from './connection.ts'
import type { Peer } from './dialogue.ts'
import { encodeReply, replies } from './replies.ts'
import { makeWay, tellRefused, type Wire } from './wire.ts'

const sweepMs = 1000
/** A session that has done nothing for so long may be ended when others are turned away. */
const restlessMs = 5000
/** Clients waiting to be accepted by us, kept by the system. */
const backlog = 1024

/** Who may connect; asked at each connection, so that a reload counts for the next one. */
export interface Door {
  allows(ip: string): boolean
  trusts(ip: string): boolean
  /** Connections at present, over all listeners: in all, and by address. */
  readonly present: { total: number; byAddress: Map<string, number> }
}

export interface Listener extends AsyncDisposable {
  /** `127.0.0.1:10024`, `[::1]:10024` or `unix:/path`, as really bound. */
  readonly address: string
}

/**
 * Throws a Problem when the address cannot be had. Disposing lets mails on their way in finish within the deadline of
 * the options, and awaits what is being made durable.
 */
export async function listen(at: ListenAddress, wire: Wire, door: Door): Promise<Listener> {
  const sessions = new Set<Connection>()
  let emptied: (() => void) | undefined

  const leave = (session: Connection) => {
    sessions.delete(session)
    const { present } = door
    const left = (present.byAddress.get(session.peer.ip) ?? 1) - 1
    if (left > 0) present.byAddress.set(session.peer.ip, left)
    else present.byAddress.delete(session.peer.ip)
    present.total--
    if (sessions.size === 0) emptied?.()
  }

  /** Under pressure, whoever has done nothing for a while, or only drips, makes room for a newcomer. */
  const makeRoom = (): boolean => {
    const before = wire.clock.now() - restlessMs
    let idlest: Connection | null = null
    for (const session of sessions) if (session.idleSince < (idlest?.idleSince ?? before)) idlest = session
    idlest?.giveUp(replies.tooManyConnections)
    return idlest !== null || makeWay(wire)
  }

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    const peer = peerOf(socket, 'path' in at, door)
    if (!peer) return void socket.destroy()
    const { present } = door
    const fromThere = present.byAddress.get(peer.ip) ?? 0
    const { connections, connections_per_client } = wire.options
    const refusal = !('path' in at || door.allows(peer.ip))
      ? replies.notAllowed
      : fromThere >= connections_per_client && !peer.trusted
        ? replies.tooManyFromYou
        : present.total >= connections && !makeRoom()
          ? replies.tooManyConnections
          : null
    if (refusal) {
      tellRefused(wire, peer.ip, refusal, 0)
      socket.on('error', () => socket.destroy())
      socket.end(encodeReply(refusal), 'latin1', () => socket.destroy())
      return
    }
    present.total++
    present.byAddress.set(peer.ip, fromThere + 1)
    sessions.add(new Connection(socket, wire, peer, leave))
  })

  await bind(server, at)
  server.on('error', (error) => wire.events.tell({ kind: 'failure', where: 'listener', error }))
  const timer: Timer = wire.clock.every(
    sweepMs,
    async () => {
      const now = wire.clock.now()
      for (const session of sessions) session.sweep(now)
    },
    (error) => wire.events.tell({ kind: 'failure', where: 'listener', error }),
  )

  return {
    address: addressOf(server),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      const until = wire.clock.now() + wire.options.stop_deadline_s * 1000
      for (const session of sessions) session.stop()
      const impatience: Timer = wire.clock.every(
        sweepMs,
        async () => {
          if (wire.clock.now() >= until) for (const session of sessions) session.giveUp()
        },
        (error) => wire.events.tell({ kind: 'failure', where: 'listener', error }),
      )
      if (sessions.size > 0) await new Promise<void>((resolve) => (emptied = resolve))
      await closed
      await impatience[Symbol.asyncDispose]()
      await timer[Symbol.asyncDispose]()
    },
  }
}

/** Null when the client has gone already. Whoever can open our own Unix socket is on this machine. */
function peerOf(socket: Socket, local: boolean, door: Door): Peer | null {
  if (local) return { ip: '127.0.0.1', port: null, trusted: true }
  if (socket.remoteAddress === undefined) return null
  const ip = plainAddress(socket.remoteAddress)
  return { ip, port: socket.remotePort ?? null, trusted: door.trusts(ip) }
}

/** Our group may connect: the mail server's account is put into it. */
const socketMode = 0o660

/** A Unix socket that a killed server has left behind is taken over; one that somebody listens on is not. */
async function bind(server: Server, at: ListenAddress): Promise<void> {
  const where = 'path' in at ? { path: at.path, backlog } : { host: at.host, port: at.port, backlog }
  const once = () =>
    new Promise<NodeJS.ErrnoException | null>((resolve) => {
      const failed = (error: NodeJS.ErrnoException) => resolve(error)
      server.once('error', failed)
      server.listen(where, () => {
        server.removeListener('error', failed)
        resolve(null)
      })
    })
  let error = await once()
  if (error?.code === 'EADDRINUSE' && 'path' in at && (await isLeftOver(at.path))) {
    await rm(at.path)
    error = await once()
  }
  if (!error) {
    if ('path' in at) await chmod(at.path, socketMode)
    return
  }
  const remedy =
    error.code === 'EADDRINUSE'
      ? 'Another program listens there (perhaps a second Lazaret): end it, or choose another address.'
      : 'Choose an address of this machine, and a port above 1023 or rights to use a lower one.'
  const name = 'path' in at ? at.path : `${at.host}:${at.port}`
  throw new Problem('unavailable', `Cannot listen on ${name}: ${error.message}`, remedy)
}

function isLeftOver(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
}

function addressOf(server: Server): string {
  const bound = server.address()
  if (bound === null || typeof bound === 'string') return `unix:${bound ?? ''}`
  return bound.family === 'IPv6' ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`
}
