/**
 * One Lazaret on one engine that dies and comes back in the same folder, and the proof that nothing it answered 250 for
 * is missing or different. Rounds and seed come from CRASH_ROUNDS and CRASH_SEED.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Api, MessageItem } from '../../bench/peers/api.ts'
import { type Lazaret, type LazaretOptions, lazaretPorts, startLazaret } from '../../bench/peers/lazaret.ts'
import { startPostgres } from '../postgres.ts'
import type { Known } from './loader.ts'

export const rounds = Number(process.env.CRASH_ROUNDS ?? 50)
export const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
export const engines = (process.env.ENGINES ?? 'sqlite,postgres').split(',')

/** From start to greeting, ms, on a machine that has nothing else to do. */
const restartWithinMs = 5000

export interface Scene extends AsyncDisposable {
  server: Lazaret
  options: LazaretOptions
  /** kill -9, at once; resolves when the process has gone. */
  kill(): Promise<void>
  /** Starts it again; fails when it takes too long to accept mail. How long it took, ms. */
  restart(): Promise<number>
}

export async function openScene(engine: string, more: Partial<LazaretOptions> = {}): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), `lazaret-crash-${engine}-`))
  const postgres = engine === 'postgres' ? await startPostgres() : undefined
  const url = await postgres?.create()
  const options: LazaretOptions = {
    folder,
    ...(await lazaretPorts()),
    nextHopPort: 9,
    holdAll: true,
    url,
    ...more,
  }
  const scene: Scene = {
    options,
    server: await startLazaret(options),
    async kill() {
      process.kill(scene.server.pid, 'SIGKILL')
      await scene.server.daemon.ended
    },
    async restart() {
      scene.server = await startLazaret(options)
      const took = scene.server.startedInMs
      if (took < restartWithinMs) return took
      // A busy machine is slow with anything: what counts then is how much longer it took than a start with nothing to recover.
      const empty = await startOfAnEmptyOne()
      assert.ok(
        took - empty < restartWithinMs,
        `restart took ${took.toFixed(0)} ms, an empty one ${empty.toFixed(0)}`,
      )
      return took
    },
    async [Symbol.asyncDispose]() {
      await scene.server.stop()
      await postgres?.[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return scene
}

async function startOfAnEmptyOne(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-crash-empty-'))
  const server = await startLazaret({ folder, ...(await lazaretPorts()), nextHopPort: 9, holdAll: true })
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
  return server.startedInMs
}

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Every message listed, by Message-ID; a Message-ID twice is an error, since the load never repeats one. */
export async function listed(
  api: Api,
  query: Record<string, string> = {},
): Promise<Map<string, MessageItem>> {
  const found = new Map<string, MessageItem>()
  for await (const item of api.allMessages(query)) {
    assert.ok(!found.has(item.messageId), `${item.messageId} is there twice`)
    found.set(item.messageId, item)
  }
  return found
}

export interface Proof {
  answered: number
  /** Not answered, but there. */
  unansweredThere: number
}

/** Each message that was answered 250 is found and has its bytes; one that was not answered is whole or not there. */
export async function prove(api: Api, known: Known, query: Record<string, string> = {}): Promise<Proof> {
  const found = await listed(api, query)
  const check = async ([messageId, hash]: [string, string], answered: boolean) => {
    const item = found.get(messageId)
    if (!item) return assert.ok(!answered, `${messageId} was answered 250 and is missing`)
    assert.equal(sha256(await api.raw(item.id)), hash, `${messageId} differs from what was sent`)
  }
  await inParallel([...known.accepted], 8, (pair) => check(pair, true))
  await inParallel([...known.unanswered], 8, (pair) => check(pair, false))
  for (const messageId of found.keys())
    assert.ok(known.accepted.has(messageId) || known.unanswered.has(messageId), `${messageId} was never sent`)
  return {
    answered: known.accepted.size,
    unansweredThere: [...known.unanswered.keys()].filter((messageId) => found.has(messageId)).length,
  }
}

export async function inParallel<T>(
  items: T[],
  workers: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0
  const one = async () => {
    while (next < items.length) await work(items[next++] as T)
  }
  await Promise.all(Array.from({ length: workers }, one))
}

/** `lazaret check` beside the running server. */
export function proveStore(server: Lazaret): void {
  const { status, output } = server.command('check')
  assert.equal(
    status,
    0,
    `lazaret check: ${output.slice(-2000)}\n${readFileSync(server.log, 'utf8').slice(-2000)}`,
  )
}
