/**
 * kill -9 in the middle of a run of digests: everybody gets the one digest of what is new. Nobody gets none, nobody two
 * different ones; the same one comes twice only to somebody whose it was on its way at a kill (RFC 5321 §6.1).
 * What takes minutes in life (the hour of the digest, the end of a dead process's lease) is written into the database
 * while no process runs.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { dice } from '../../bench/messages.ts'
import type { Api } from '../../bench/peers/api.ts'
import { startLazaret } from '../../bench/peers/lazaret.ts'
import { mailClient } from '../mail-client.ts'
import { freePort } from '../postgres.ts'
import { type Received, startRecordingSink } from './recording-sink.ts'
import { engines, openScene, type Scene, seed } from './scene.ts'

const users = Array.from({ length: 500 }, (_, i) => `user${i + 1}@example.org`)
const recipientsPerMail = 50
const kills = 6
/** At most so many go out between two kills. */
const perRound = 70
/** Taken by the next hop so shortly before a kill that it may not have been recorded yet. */
const inFlightMs = 3000

/** Something is held for each of them. */
async function fill(smtpPort: number): Promise<void> {
  await using client = mailClient(smtpPort)
  for (let at = 0; at < users.length; at += recipientsPerMail) {
    const message = Buffer.from(`Subject: offer ${at}\r\nMessage-ID: <${at}@example.net>\r\n\r\nBuy.\r\n`)
    const recipients = users.slice(at, at + recipientsPerMail)
    const outcomes = await client.send({ sender: 'offers@example.net', recipients, message })
    assert.ok(outcomes.every(({ outcome }) => outcome === 'delivered'))
  }
}

async function invite(api: Api): Promise<void> {
  for (let at = 0; at < users.length; at += 8)
    await Promise.all(users.slice(at, at + 8).map((name) => api.post('/api/v1/users', { name, mail: false })))
}

/** While no process runs. */
async function write(scene: Scene, sql: string): Promise<void> {
  const { url, folder } = scene.options
  if (url === undefined) {
    using db = new DatabaseSync(join(folder, 'data', 'lazaret.db'))
    db.exec(sql)
    return
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql)
  await client.end()
}

/** How many have a row that says when their digest is due. */
async function planned(scene: Scene): Promise<number> {
  const { url, folder } = scene.options
  const sql = 'select count(*) as n from digests where next_at is not null'
  if (url === undefined) {
    using db = new DatabaseSync(join(folder, 'data', 'lazaret.db'), { readOnly: true, timeout: 10_000 })
    return Number(db.prepare(sql).get()?.n)
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ n: string }>(sql)
  await client.end()
  return Number(rows[0]?.n)
}

const leasesEnd = 'update digests set leased_until = 0; update posts set leased_until = 0, next_at = 0'
/** Of what came an hour ago, as far as the clocks go. */
const due = `update digests set next_at = 1 where next_at is not null and sent_at is null`

/** However long it takes: what is slow to start is another test's. */
async function comeBack(scene: Scene): Promise<void> {
  scene.server = await startLazaret(scene.options)
}

const status = (api: Api) => api.get<{ waiting: number; sent: number; failed: number }>('/api/v1/digests')

const header = (mail: Received, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'mi').exec(mail.content.toString('latin1'))?.[1]?.trim() ?? ''

for (const engine of engines)
  describe(`kill -9 in a run of digests, on ${engine}`, () => {
    test(`${kills} kills, ${users.length} users (CRASH_SEED=${seed})`, async (t) => {
      await using sink = await startRecordingSink(await freePort())
      const euqPort = await freePort()
      const more = [
        `[euq]\nlisten = ["127.0.0.1:${euqPort}"]\nsecondary_listen = ["127.0.0.1:${await freePort()}"]`,
        'base_url = "https://quarantine.example.org"',
        '[digest]\nenabled = true',
        '[delivery]\npoll_interval_s = 1\nretry_minutes = [0.1]',
      ].join('\n')
      await using scene = await openScene(engine, { nextHopPort: sink.port, more })
      const random = dice(seed)
      let api = await scene.server.api()
      await fill(scene.options.smtpPort)
      await invite(api)
      // What came in the last minute would wait for the next digest.
      await sleep(61_000)
      api.close()
      // A process plans the digests of new users when it begins.
      await scene.kill()
      await comeBack(scene)
      const plannedBy = performance.now() + 60_000
      while ((await planned(scene)) < users.length && performance.now() < plannedBy) await sleep(50)
      assert.equal(await planned(scene), users.length, 'not everybody has a digest planned')
      const killedAt: number[] = []
      const outAtKills: number[] = []
      const kill = async () => {
        await scene.kill()
        killedAt.push(performance.now())
        outAtKills.push(sink.received.length)
        await write(scene, `${due}; ${leasesEnd}`)
      }
      await kill()
      for (let round = 1; round <= kills; round++) {
        // However fast the machine, the next hop leaves some for the next round, so every kill is in the middle of the run.
        const before = sink.received.length
        sink.takes = before + 1 + random.number(perRound)
        await comeBack(scene)
        // A round begins with the process. It is killed by turns while digests are written and while they go out.
        if (round % 2 === 0) await sleep(random.number(1500))
        else {
          const until = performance.now() + 60_000
          while (sink.received.length < sink.takes && performance.now() < until) await sleep(2)
          assert.equal(sink.received.length, sink.takes, 'no digests went out')
          await sleep(random.number(20))
        }
        await kill()
      }
      sink.takes = Number.POSITIVE_INFINITY
      await comeBack(scene)
      api = await scene.server.api()
      const until = performance.now() + 120_000
      const all = () => new Set(sink.received.flatMap(({ recipients }) => recipients))
      while (performance.now() < until) {
        const { waiting } = await status(api)
        if (waiting === 0 && all().size === users.length) break
        await sleep(250)
      }
      const end = await status(api)
      api.close()
      const byUser = Map.groupBy(sink.received, ({ recipients }) => recipients.join())
      assert.deepEqual([...byUser.keys()].sort(), [...users].sort(), 'somebody got none')
      let twice = 0
      for (const [name, mails] of byUser) {
        assert.equal(
          new Set(mails.map((mail) => header(mail, 'Message-ID'))).size,
          1,
          `${name} got two digests`,
        )
        for (const mail of mails) assert.equal(mail.sender, '')
        if (mails.length === 1) continue
        twice++
        // One crash gives nobody three: between two copies of a digest there is a kill that met the first in flight.
        mails
          .toSorted((a, b) => a.at - b.at)
          .forEach((mail, i, sorted) => {
            const next = sorted[i + 1]
            if (!next) return
            assert.ok(
              killedAt.some((at) => mail.at < at && at < next.at && at - mail.at < inFlightMs),
              `${name} got the same digest again, and nothing was killed in between`,
            )
          })
      }
      t.diagnostic(
        `digests out at the kills: ${outAtKills.join(', ')}; twice: ${twice}; ${JSON.stringify(end)}`,
      )
      assert.deepEqual([end.waiting, end.failed], [0, 0])
    })
  })
