/**
 * kill -9 while many messages are being released: none is lost, each arrives as it was, and one arrives twice only when
 * it was on its way at a kill (RFC 5321 §6.1: a client that got no answer sends again).
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dice } from '../../bench/messages.ts'
import { freePort } from '../postgres.ts'
import { startLoad } from './loader.ts'
import { startRecordingSink } from './recording-sink.ts'
import { engines, listed, openScene, proveStore, seed, sha256 } from './scene.ts'

const messages = 600
const kills = 6
const parallel = 10
/** Taken by the next hop so shortly before a kill that it may not have been recorded yet. */
const inFlightMs = 1500
const idsPerRelease = 50
const leaseSeconds = 10

for (const engine of engines)
  describe(`kill -9 while releasing, on ${engine}`, () => {
    test(`${kills} kills, ${messages} messages (CRASH_SEED=${seed})`, async (t) => {
      await using sink = await startRecordingSink(await freePort())
      const more = `[delivery]\nparallel = ${parallel}\nlease_s = ${leaseSeconds}\npoll_interval_s = 1\nretry_minutes = [0.1]\n`
      await using scene = await openScene(engine, { nextHopPort: sink.port, more })
      const random = dice(seed)
      const killedAt: number[] = []
      const load = startLoad({ port: scene.options.smtpPort, connections: 8, seed: 700_000, messages })
      await load.ended
      assert.equal(load.known.accepted.size, messages)

      // Release orders go out while the server is killed again and again; one without an answer is given again.
      let api = await scene.server.api()
      const held = await listed(api)
      const waiting = [...held.values()].map(({ id }) => id)
      const order = async () => {
        const ids = waiting.slice(0, idsPerRelease)
        await api.post('/api/v1/messages/release', { ids })
        waiting.splice(0, ids.length)
      }
      for (let kill = 1; kill <= kills; kill++) {
        const until = performance.now() + 150 + random.number(500)
        const killed = sleep(until - performance.now()).then(() => scene.kill())
        try {
          while (waiting.length > 0 && performance.now() < until) await order()
        } catch {
          // killed while it answered: the state of these messages tells below
        }
        await killed
        killedAt.push(performance.now())
        api.close()
        await scene.restart()
        api = await scene.server.api()
        // What was ordered before the answer got lost is not ordered again.
        const now = await listed(api)
        for (let i = waiting.length - 1; i >= 0; i--) {
          const item = [...now.values()].find(({ id }) => id === waiting[i])
          if (item?.recipients.every(({ state }) => state !== 'held')) waiting.splice(i, 1)
        }
        t.diagnostic(
          `kill ${kill}: ${sink.received.length} taken by the next hop, ${waiting.length} not yet ordered`,
        )
      }
      while (waiting.length > 0) await order()
      const states = async () =>
        [...(await listed(api)).values()].flatMap(({ recipients }) => recipients.map(({ state }) => state))
      const end = Date.now() + 60_000
      while ((await states()).some((state) => state !== 'delivered') && Date.now() < end) await sleep(500)
      assert.deepEqual(new Set(await states()), new Set(['delivered']))

      let copies = 0
      const seen = new Map<string, Map<string, number>>()
      for (const { content, recipients, at } of sink.received) {
        const messageId = /^Message-ID: (<[^>]+>)/m.exec(content.toString('latin1'))?.[1] ?? ''
        // Trace lines stand before; the sample begins with its Return-Path.
        const original = content.subarray(content.indexOf('Return-Path: '))
        assert.equal(sha256(original), load.known.accepted.get(messageId), `${messageId} arrived different`)
        const whom = seen.get(messageId) ?? new Map<string, number>()
        for (const recipient of recipients) {
          const before = whom.get(recipient)
          whom.set(recipient, at)
          if (before === undefined) continue
          copies++
          const excused = killedAt.some((kill) => before < kill && kill - before < inFlightMs)
          assert.ok(
            excused,
            `${messageId} came twice to ${recipient}, though no kill followed the first time`,
          )
        }
        seen.set(messageId, whom)
      }
      for (const item of held.values())
        assert.deepEqual(
          new Set(seen.get(item.messageId)?.keys()),
          new Set(item.recipients.map(({ address }) => address)),
          item.messageId,
        )
      t.diagnostic(`${sink.received.length} transactions for ${messages} messages, ${copies} second copies`)
      proveStore(scene.server)
      api.close()
    })
  })
