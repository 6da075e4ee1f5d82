/**
 * The services for users, as one of them sees the others. Each has a row in the database and writes into it twice a
 * second that it lives; whoever does not is dead a little later. Machines' clocks may differ: what counts is that the row
 * changes, by the clock of whoever looks.
 */
import type { Agent } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import type { Timer } from '../../clock.ts'
import type { Context } from '../../context.ts'
import {
  beatService,
  dropServicesAt,
  dropServicesSeenBefore,
  insertService,
  listServices,
  removeService,
} from '../../store/fleet.ts'
import type { ServicesTable } from '../../store/user-schema.ts'
import { pinnedAgent } from '../pinned-agent.ts'

const beatMs = 500
/** A row that does not change for so long is that of a dead one: noticed within two seconds, with the beats between. */
const silenceMs = 1250
/** Somebody who could not be reached is not asked again so soon, however his row looks. */
const suspicionMs = 1000
const connectTimeoutMs = 1000
const connectionsPerService = 100
/** Shorter than services keep connections open: we close them first, so that none closes as we write. */
const idleConnectionMs = 4000
const forgetMs = 86_400_000
/** Who leaves goes on answering for so long: a primary has looked by then and sends nothing more. */
const farewellMs = 2 * beatMs
const farewellLookMs = 50

/** Another service that lives. */
export interface Station {
  id: number
  host: string
  port: number
  agent: Agent
  /** Requests that it is working on for us. */
  underWay: number
}

interface Known extends Station {
  seenAt: number
  /** When that changed, by our clock. */
  changedAt: number
  suspectUntil: number
}

export interface Fleet extends AsyncDisposable {
  /** Those that live, itself not among them. */
  living(): Station[]
  /** It could not be reached. */
  suspect(station: Station): void
  /** Its own certificate is another one from now on. */
  renew(fingerprint: string): Promise<void>
  /** Tells that it goes, and resolves when nobody sends it anything any more. What it asked of others goes on. */
  leave(): Promise<void>
}

export interface OwnStation {
  kind: ServicesTable['kind']
  /** Name of this machine. */
  machine: string
  /** Where the others reach it. */
  url: string
  fingerprint: string
  version: string
}

/** @param looks whether it has to know the others. */
export async function openFleet(ctx: Context, own: OwnStation, looks: boolean): Promise<Fleet> {
  const { db, clock, events } = ctx
  const known = new Map<number, Known>()
  let { fingerprint } = own
  const row = (): ServicesTable => ({
    id: db.ids.next(),
    kind: own.kind,
    host: own.machine,
    url: own.url,
    fingerprint,
    version: own.version,
    started_at: clock.now(),
    seen_at: clock.now(),
  })
  let self = row()
  const register = () =>
    db.transaction(async (trx) => {
      await dropServicesSeenBefore(trx, clock.now() - forgetMs)
      // Else requests would go to it by the name of the dead one, and be cut off when that is found dead.
      await dropServicesAt(trx, self)
      await insertService(trx, self)
    })

  async function beat(): Promise<void> {
    if (await db.transaction((trx) => beatService(trx, self.id, clock.now()))) return
    self = row()
    await register()
  }

  let lookedAt = clock.now()

  async function look(): Promise<void> {
    const now = clock.now()
    // Who was late to look was perhaps too busy to see anything, and so were those who share this thread.
    const lateMs = now - lookedAt - beatMs
    if (lateMs > 0) for (const station of known.values()) station.changedAt += lateMs
    lookedAt = now
    const rows = (await listServices(db.read)).filter((one) => one.id !== self.id && isReachable(one, own))
    for (const { id, url, fingerprint, seen_at } of rows) {
      const before = known.get(id)
      if (before) {
        if (before.seenAt !== seen_at) before.changedAt = now
        before.seenAt = seen_at
        continue
      }
      const { hostname, port } = new URL(url)
      known.set(id, {
        id,
        host: hostname.replace(/^\[|\]$/g, ''),
        port: Number(port === '' ? 443 : port),
        agent: pinnedAgent(fingerprint, {
          connections: connectionsPerService,
          connectTimeoutMs,
          idleMs: idleConnectionMs,
        }),
        underWay: 0,
        seenAt: seen_at,
        changedAt: now,
        suspectUntil: 0,
      })
    }
    const ids = new Set(rows.map(({ id }) => id))
    for (const station of known.values()) {
      if (ids.has(station.id) && station.changedAt + silenceMs > now) continue
      if (ids.has(station.id)) {
        // Dead: what it was asked is asked of another, where that is safe.
        station.agent.destroy()
        continue
      }
      // It has said that it goes, and answers what it has been asked.
      known.delete(station.id)
      for (const sockets of Object.values(station.agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy()
    }
  }

  /** Whether there is a primary besides, which may not have looked yet. */
  async function isSentRequests(): Promise<boolean> {
    const rows = await listServices(db.read)
    return rows.some(({ id, kind }) => id !== self.id && kind === 'primary')
  }

  await register()
  if (looks) await look()
  const timers: Timer[] = [
    clock.every(beatMs, beat, (error) => events.tell({ kind: 'failure', where: 'euq heartbeat', error })),
    ...(looks
      ? [clock.every(beatMs, look, (error) => events.tell({ kind: 'failure', where: 'euq services', error }))]
      : []),
  ]
  return {
    living() {
      const now = clock.now()
      return [...known.values()].filter(
        ({ changedAt, suspectUntil }) => changedAt + silenceMs > now && suspectUntil <= now,
      )
    },
    suspect({ id }) {
      const station = known.get(id)
      if (station) station.suspectUntil = clock.now() + suspicionMs
    },
    async renew(next) {
      if (next === fingerprint) return
      fingerprint = next
      const before = self.id
      self = row()
      await register()
      await db.transaction((trx) => removeService(trx, before))
    },
    async leave() {
      for (const timer of timers) await timer[Symbol.asyncDispose]()
      try {
        await db.transaction((trx) => removeService(trx, self.id))
        for (let ms = 0; ms < farewellMs && (await isSentRequests()); ms += farewellLookMs)
          await pause(farewellLookMs)
      } catch (error) {
        // It will be taken for dead, which it is.
        events.tell({ kind: 'failure', where: 'euq services', error })
      }
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) await timer[Symbol.asyncDispose]()
      for (const { agent } of known.values()) agent.destroy()
    },
  }
}

/** An address of the loopback is good on its own machine only. */
function isReachable({ host, url }: ServicesTable, own: OwnStation): boolean {
  const name = URL.parse(url)?.hostname
  if (name === undefined) return false
  return host === own.machine || !(name === 'localhost' || name === '[::1]' || name.startsWith('127.'))
}
