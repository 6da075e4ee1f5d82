/**
 * bench/slow-sync: intake where every fsync and fdatasync of either server takes 5 ms longer (native/slowsync.c), as on a
 * disk without a fast write cache.
 *
 *   node bench/slow-sync.ts [--rounds 5] [--seconds 3] [--scenarios 20:10:1,20:50:1]      SLOWSYNC_MS=5
 */
import { judged } from './figures.ts'
import { integrity, ratioTo, runIntake } from './intake-rounds.ts'
import { slowSyncLibrary } from './peers/native.ts'

const results = await runIntake({
  name: 'slow-sync',
  scenarios: ['20:1:1', '20:10:1', '20:50:1'],
  peers: 'postfix-hold,lazaret',
  env: (folder) => ({ LD_PRELOAD: slowSyncLibrary(folder), SLOWSYNC_MS: process.env.SLOWSYNC_MS ?? '5' }),
})
const rate = (name: string) => ratioTo(results, name, (one) => one.rate)
console.log(
  judged([
    { what: 'intake at 10 kept connections, times Postfix', value: rate('20:10:1'), atLeast: 1.5 },
    { what: 'intake at 50 kept connections, times Postfix', value: rate('20:50:1'), atLeast: 3 },
  ]),
)
console.log(integrity(results))
