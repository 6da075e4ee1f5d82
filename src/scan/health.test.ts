/** Promise: how scanners are is told as it is, over an hour, in little room. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testClock } from '../../test/store.ts'
import { healthOf, watchHealth } from './health.ts'
import { scan } from './scan.ts'
import type { Scannable, Scanner, Verdict } from './scanner.ts'
import { verdictOf } from './testing/verdict.ts'

const mail = {} as Scannable
const clean = (scanner: string): Verdict => verdictOf(scanner, 'clean')

function scanner(name: string, answer: (signal: AbortSignal) => Promise<Verdict | null>): Scanner {
  return { name, scan: (_, signal) => answer(signal) }
}

const of = (watch: ReturnType<typeof watchHealth>, name: string) => {
  const figures = watch.figures().get(name)
  return healthOf(name, figures ? [figures] : [])
}

test('asked, failed, how long, and the last failure; what has answered since is well', async () => {
  const clock = testClock()
  const watch = watchHealth(clock)
  assert.deepEqual(of(watch, 'one'), {
    name: 'one',
    health: 'idle',
    asked: 0,
    failed: 0,
    medianMs: null,
    lastFailure: null,
  })
  let takes = 10
  let answer: Verdict | null | Error = clean('one')
  const one = watch.watch(
    scanner('one', async () => {
      await clock.turn(takes)
      if (answer instanceof Error) throw answer
      return answer
    }),
  )
  const ask = () => scan([one], mail, { deadlineMs: 60_000, clock })
  for (takes of [10, 100, 100, 100, 2000]) await ask()
  const well = of(watch, 'one')
  assert.deepEqual([well.health, well.asked, well.failed], ['well', 5, 0])
  assert.ok(well.medianMs! > 90 && well.medianMs! < 110, String(well.medianMs))
  answer = new Error('connect ECONNREFUSED\r\n127.0.0.1:11333')
  const [verdict] = await ask()
  assert.equal(verdict?.result, 'failed')
  const failing = of(watch, 'one')
  const lastFailure = { at: clock.now(), detail: 'connect ECONNREFUSED 127.0.0.1:11333' }
  assert.deepEqual(
    [failing.health, failing.asked, failing.failed, failing.lastFailure],
    ['failing', 6, 1, lastFailure],
  )
  answer = null // nothing to say is an answer
  await ask()
  assert.deepEqual([of(watch, 'one').health, of(watch, 'one').lastFailure], ['well', lastFailure])
  await clock.turn(3_600_000)
  assert.deepEqual([of(watch, 'one').asked, of(watch, 'one').failed, of(watch, 'one').medianMs], [0, 0, null])
})

test('who is late has failed, once; who was broken off since nobody waited has not', async () => {
  const clock = testClock()
  const watch = watchHealth(clock)
  const answered = Promise.withResolvers<Verdict | null>()
  const slow = watch.watch(scanner('slow', () => answered.promise))
  const asked = scan([slow], mail, { deadlineMs: 5000, clock })
  await clock.turn(5000)
  assert.equal((await asked)[0]?.result, 'failed')
  answered.resolve(null)
  const { health, asked: times, failed, lastFailure } = of(watch, 'slow')
  assert.deepEqual([health, times, failed], ['failing', 1, 1])
  assert.equal(lastFailure?.detail, 'no answer within 5000 ms')
  const left = new AbortController()
  const never = watch.watch(scanner('never', () => new Promise(() => {})))
  const given = scan([never], mail, { deadlineMs: 5000, clock, signal: left.signal })
  left.abort()
  await given
  assert.equal(of(watch, 'never').health, 'idle')
})

test('it stays small whatever is asked, and a clock set back does not confuse it', async () => {
  const clock = testClock()
  const watch = watchHealth(clock)
  const names = Array.from({ length: 150 }, (_, n) => `s${n}`)
  for (const name of names) {
    const one = watch.watch(scanner(name, async () => clean(name)))
    await scan([one], mail, { deadlineMs: 5000, clock })
  }
  assert.equal(watch.figures().size, 100)
  const one = watch.watch(scanner('s0', async () => clean('s0')))
  const ask = () => scan([one], mail, { deadlineMs: 5000, clock })
  for (let n = 0; n < 300; n++) {
    await clock.turn(30_000)
    await ask()
  }
  const { asked } = of(watch, 's0')
  assert.ok(asked > 117 && asked <= 120, String(asked))
  await clock.turn(-20 * 60_000)
  await ask()
  assert.equal(of(watch, 's0').asked, asked + 1)
  await clock.turn(-100 * 86_400_000)
  await ask()
  assert.equal(of(watch, 's0').asked, 1)
})

test('what several processes know is put together', () => {
  const figures = {
    asked: 2,
    failed: 0,
    times: [[1, 2]] as [number, number][],
    lastAt: 5,
    failing: false,
    lastFailure: null,
  }
  const other = { ...figures, failed: 1, lastAt: 4, failing: true, lastFailure: { at: 4, detail: 'no' } }
  assert.deepEqual(healthOf('x', [figures, other]), {
    name: 'x',
    health: 'failing',
    asked: 4,
    failed: 1,
    medianMs: 1,
    lastFailure: { at: 4, detail: 'no' },
  })
})

test('one that answers at once is watched as well', async () => {
  const clock = testClock()
  const watch = watchHealth(clock)
  let broken = false
  const one = watch.watch({
    name: 'one',
    immediate: true,
    scan: () => {
      if (broken) throw new Error('no idea')
      return clean('one')
    },
  })
  const ask = () => scan([one], mail, { deadlineMs: 60_000, clock })
  await ask()
  assert.deepEqual([of(watch, 'one').health, of(watch, 'one').asked], ['well', 1])
  broken = true
  assert.equal((await ask())[0]?.result, 'failed')
  const { health, asked, failed, lastFailure } = of(watch, 'one')
  assert.deepEqual([health, asked, failed, lastFailure?.detail], ['failing', 2, 1, 'no idea'])
})
