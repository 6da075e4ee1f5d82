/**
 * Asked to stop (SIGTERM) under load: every client gets its answer, 250 or a "later" (421, 4xx), the process ends within
 * 15 seconds with exit code 0, and nothing that was answered 250 is lost.
 */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { nothingKnown, startLoad } from './loader.ts'
import { engines, openScene, prove, proveStore, seed } from './scene.ts'

const stops = 5
const stopWithinMs = 15_000

for (const engine of engines)
  describe(`SIGTERM on ${engine}`, () => {
    test(`${stops} stops under load (CRASH_SEED=${seed})`, async (t) => {
      await using scene = await openScene(engine)
      const known = nothingKnown()
      for (let round = 1; round <= stops; round++) {
        const load = startLoad({ port: scene.options.smtpPort, connections: 8, seed: 500_000 + round, known })
        await sleep(300 + 200 * round)
        const asked = performance.now()
        const code = await scene.server.stop()
        const took = performance.now() - asked
        await load.ended
        assert.equal(code, 0, 'exit code')
        assert.ok(took < stopWithinMs, `stopping took ${took.toFixed(0)} ms`)
        t.diagnostic(`stop ${round}: ${took.toFixed(0)} ms, ${known.accepted.size} answered so far`)
        await scene.restart()
      }
      const wrong = known.refused.filter((reply) => reply.code < 400 || reply.code > 499)
      assert.deepEqual(wrong, [], 'a reply that is neither 250 nor "later"')
      assert.equal(known.unanswered.size, 0, 'a message that was sent whole got no answer')
      const api = await scene.server.api()
      try {
        await prove(api, known)
      } finally {
        api.close()
      }
      proveStore(scene.server)
    })
  })
