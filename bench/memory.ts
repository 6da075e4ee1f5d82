/**
 * bench/memory: resident memory of Lazaret (the kernel's own high-water mark, set back before each phase) while ordinary
 * mail comes in, and while messages of 100 MB come in, one and then four at a time, are downloaded, and are released.
 *
 *   node bench/memory.ts [--mb 100] [--seconds 5]
 */
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { freePort } from '../test/postgres.ts'
import { scenario, send } from './burst.ts'
import { judged, table } from './figures.ts'
import { dice } from './messages.ts'
import { lazaretPorts, startLazaret } from './peers/lazaret.ts'
import { peakResidentMb, resetPeakResident, residentMb, waitUntilIdle } from './peers/processes.ts'
import { startSink } from './peers/sink.ts'
import { sendOne } from './peers/smtp-client.ts'

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '5' },
    folder: { type: 'string', default: join(tmpdir(), 'lazaret-bench') },
  },
})
const linesPerPiece = 800
/** A little less: the default limit is 100 MB, and the last piece goes over. */
const octets = Number(values.mb) * 1_000_000 - 2 * 78 * linesPerPiece
const folder = join(values.folder, 'memory')
rmSync(join(folder, 'lazaret'), { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

/** One message of about `octets`: a base64 attachment that does not compress, made as it is sent. */
async function* largeMessage(n: number): AsyncGenerator<Buffer> {
  const random = dice(n)
  yield Buffer.from(
    `From: <a@sender.example>\r\nTo: <b@corp.example>\r\nSubject: large ${n}\r\nMessage-ID: <large-${n}@sender.example>\r\n` +
      'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="=_x"\r\n\r\n--=_x\r\nContent-Type: application/pdf\r\n' +
      'Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="large.pdf"\r\n\r\n',
  )
  for (let sent = 0; sent < octets; sent += linesPerPiece * 78)
    yield Buffer.from(
      random
        .bytes(57 * linesPerPiece)
        .toString('base64')
        .replace(/(.{76})/g, '$1\r\n'),
    )
  yield Buffer.from('--=_x--\r\n')
}

const rows: string[][] = []
const peaks: Record<string, number> = {}
const sink = await startSink(folder, await freePort())
const options = {
  folder: join(folder, 'lazaret'),
  ...(await lazaretPorts()),
  nextHopPort: sink.port,
  holdAll: true,
}
const server = await startLazaret({ ...options, more: '' })
const api = await server.api()

async function phase(name: string, work: () => Promise<void>): Promise<void> {
  await waitUntilIdle([server.pid])
  const before = residentMb(server.pid)
  resetPeakResident(server.pid)
  const started = performance.now()
  await work()
  const seconds = (performance.now() - started) / 1000
  await waitUntilIdle([server.pid])
  const peak = peakResidentMb(server.pid)
  peaks[name] = peak
  rows.push([name, before.toFixed(0), peak.toFixed(0), residentMb(server.pid).toFixed(0), seconds.toFixed(1)])
  console.error(rows.at(-1)?.join('  '))
}
const sendLarge = async (n: number) => {
  const mail = { sender: 'a@sender.example', recipients: ['b@corp.example'], content: largeMessage(n) }
  const { code, lines } = await sendOne(options.smtpPort, mail)
  if (code !== 250) throw new Error(`the large message was answered ${code} ${lines.join(' ')}`)
}
try {
  await phase('at rest', () => sleep(1000))
  for (const each of ['20:10:1', '20:50:1', '200:10:1'].map(scenario))
    await phase(
      `intake ${each.name}`,
      async () => void (await send(folder, options.smtpPort, each, Number(values.seconds), 15_000)),
    )
  const since = new Date().toISOString()
  await phase(`one of ${values.mb} MB comes in`, () => sendLarge(1))
  await phase(
    `four of ${values.mb} MB at a time`,
    async () => void (await Promise.all([2, 3, 4, 5].map(sendLarge))),
  )
  const large = (await api.messages({ from: since, limit: 10 })).items
  await phase('one is downloaded', async () => void (await api.drainRaw(large[0]?.id ?? '')))
  await phase(
    'four are downloaded at a time',
    async () => void (await Promise.all(large.slice(0, 4).map(({ id }) => api.drainRaw(id)))),
  )
  await phase('five are released', async () => {
    const before = sink.taken()
    await api.post('/api/v1/messages/release', { ids: large.map(({ id }) => id) })
    for (let i = 0; i < 1200 && sink.taken() < before + 5; i++) await sleep(100)
    if (sink.taken() !== before + 5) throw new Error(`${sink.taken() - before} of 5 large messages arrived`)
  })
} finally {
  api.close()
  await server.stop()
  await sink.stop()
}
console.log(table(['phase', 'RSS before, MB', 'peak', 'after', 'seconds'], rows))
const ordinary = Math.max(
  ...Object.entries(peaks).flatMap(([name, peak]) => (name.startsWith('intake') ? [peak] : [])),
)
const marks = [
  { what: 'peak resident memory of all phases, MB', value: Math.max(...Object.values(peaks)), atMost: 300 },
  {
    what: `growth for ${values.mb} MB messages over ordinary intake, MB`,
    value: Math.max(...Object.values(peaks)) - ordinary,
    atMost: 64,
  },
]
console.log(`\n${judged(marks)}`)
