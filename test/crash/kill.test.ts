/**
 * kill -9 at random moments under load: whatever was answered 250 is there afterwards with the same bytes, the store is
 * whole, and mail is accepted again in under five seconds.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dice } from '../../bench/messages.ts'
import { type Known, nothingKnown, startLoad } from './loader.ts'
import { engines, openScene, prove, proveStore, rounds, seed } from './scene.ts'

const connections = 8
/** The store is proved whole after every so many kills, and at the end. */
const provedEvery = 5

for (const engine of engines)
  describe(`kill -9 on ${engine}`, () => {
    test(`${rounds} kills under load lose nothing (CRASH_SEED=${seed})`, async (t) => {
      await using scene = await openScene(engine)
      const random = dice(seed)
      const all: Known = nothingKnown()
      let slowestMs = 0
      let cutShort = 0
      for (let round = 1; round <= rounds; round++) {
        const since = new Date().toISOString()
        const load = startLoad({
          port: scene.options.smtpPort,
          connections,
          seed: (seed % 1000) * 1000 + round,
        })
        await sleep(100 + random.number(1400))
        await scene.kill()
        await load.ended
        const restartMs = await scene.restart()
        slowestMs = Math.max(slowestMs, restartMs)
        assert.deepEqual(load.known.refused, [], `round ${round}: something else than 250 was answered`)
        const api = await scene.server.api()
        try {
          const proof = await prove(api, load.known, { from: since })
          cutShort += load.known.unanswered.size
          for (const pair of load.known.accepted) all.accepted.set(...pair)
          for (const pair of load.known.unanswered) all.unanswered.set(...pair)
          t.diagnostic(
            `round ${round}: ${proof.answered} answered, ${load.known.unanswered.size} cut short (${proof.unansweredThere} there), restart ${restartMs.toFixed(0)} ms`,
          )
        } finally {
          api.close()
        }
        if (round % provedEvery === 0) proveStore(scene.server)
      }
      proveStore(scene.server)
      const api = await scene.server.api()
      try {
        await prove(api, all)
      } finally {
        api.close()
      }
      assert.ok(all.accepted.size > rounds * 10, 'there was hardly any load')
      assert.ok(cutShort > 0, 'no kill came while mail was on its way')
      t.diagnostic(
        `${all.accepted.size} answered 250, ${cutShort} cut short, slowest restart ${slowestMs.toFixed(0)} ms`,
      )
    })
  })
