/**
 * bench/intake: mail held durably, Lazaret against Postfix taking the same mail into its HOLD queue, and smtp-sink (which
 * keeps nothing) as a measure of the generator. Scenarios are KB:CONNECTIONS:RECIPIENTS, `:new` = a connection for each
 * message.
 *
 *   node bench/intake.ts [--rounds 5] [--seconds 3] [--scenarios 20:10:1,…] [--peers postfix-hold,lazaret] [--folder …]
 */
import { judged } from './figures.ts'
import { integrity, ratioTo, runIntake } from './intake-rounds.ts'

const scenarios = ['20:1:1', '20:10:1', '20:50:1', '20:10:1:new', '20:10:20', '200:10:1']
const results = await runIntake({ name: 'intake', scenarios, peers: 'postfix-hold,lazaret,smtp-sink' })
const rate = (name: string) => ratioTo(results, name, (one) => one.rate)
const marks = [
  { what: 'intake at 10 kept connections, times Postfix', value: rate('20:10:1'), atLeast: 3 },
  {
    what: 'CPU per message at 10 kept connections, of that of Postfix',
    value: ratioTo(results, '20:10:1', (one) => one.cpuPerThousand),
    atMost: 0.5,
  },
  { what: '10 new connections at a time, times Postfix', value: rate('20:10:1:new'), atLeast: 1 },
  { what: '20 recipients per message, times Postfix', value: rate('20:10:20'), atLeast: 1 },
  {
    what: 'peak resident memory, MB',
    value: Math.max(
      ...Object.values(results.bursts.lazaret ?? {}).flatMap((all) => all.map((one) => one.rssMb)),
    ),
    atMost: 300,
  },
]
console.log(judged(marks))
console.log(integrity(results))
