/** Promises about CSV: whole, in order, exact to the letter for programs, and without a formula for spreadsheets. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { forEachEngine } from '../../test/store.ts'
import { exportColumns } from '../api/viewing-schemas.ts'
import { writeAudit } from '../store/audit.ts'
import { csvLine } from './csv.ts'
import { exportHandlers, exportsAtOnce } from './handlers/exports.ts'
import type { Parts, RawAnswer } from './parts.ts'
import { deeds, hold, openAdmin, type TestAdmin } from './testing/admin.ts'

/** RFC 4180, strictly: every line ends with CRLF, a quote stands only where one may. */
function readCsv(text: string): string[][] {
  assert.ok(text.startsWith('\ufeff'), 'no byte order mark')
  const rows: string[][] = [[]]
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  for (cell.lastIndex = 1; cell.lastIndex < text.length; ) {
    const at = cell.lastIndex
    const found = cell.exec(text)
    assert.ok(found, `no cell at ${text.slice(at, at + 40)}`)
    rows.at(-1)?.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] === '\r\n') rows.push([])
  }
  assert.deepEqual(rows.pop(), [])
  return rows
}

/** What was there before apostrophes were put in. */
const original = (cell: string): string =>
  (/^''*[\t\r\n]/.test(cell) ? cell.slice(1) : cell)
    .split(/([;\t\r\n])/)
    .map((piece) => (/^'['"\s]*[=+\-@＝＋－＠]/.test(piece) ? piece.slice(1) : piece))
    .join('')

async function get(admin: TestAdmin, path: string): Promise<string[][]> {
  const headers = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
  const answer = await admin.request(path, { headers })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8')
  assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename="\w+\.csv"$/)
  return readCsv(new TextDecoder('utf-8', { ignoreBOM: true }).decode(await answer.arrayBuffer()))
}

const text = 'Subject: x\r\n\r\nBody\r\n'

forEachEngine((open) => {
  test('all that matches, in the order wanted, beyond a page; noted once with its criteria', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    for (let n = 0; n < 12; n++) {
      await hold(store.ctx, text, {
        subject: `Invoice ${n % 10}`,
        sender: n < 10 ? 'a@example.org' : 'b@example.org',
      })
      await store.clock.turn(1000)
    }
    const rows = await get(
      admin,
      '/api/v1/messages.csv?sender=a@example.org&sort=subject&columns=subject,%20size',
    )
    assert.deepEqual(rows[0], ['subject', 'size'])
    assert.deepEqual(
      rows.slice(1),
      Array.from({ length: 10 }, (_, n) => [`Invoice ${n}`, String(text.length)]),
    )
    const without = await get(admin, '/api/v1/messages.csv?notSender=a@*&columns=sender')
    assert.deepEqual(without, [['sender'], ['b@example.org'], ['b@example.org']])
    const audit = await store.ctx.db.read.selectFrom('audit').selectAll().orderBy('seq').execute()
    assert.deepEqual(
      audit.map(({ deed }) => deed),
      ['message.export', 'message.export'],
    )
    assert.deepEqual(JSON.parse(audit[0]?.details ?? ''), {
      criteria: { sender: 'a@example.org' },
      sort: 'subject',
      order: 'asc',
      columns: ['subject', 'size'],
    })
  })

  test('every column, and times in the zone asked for', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, text, { subject: 'Grüße, "all"' })
    const [names, row] = await get(admin, '/api/v1/messages.csv?timeZone=Europe/Berlin')
    assert.deepEqual(names, [...exportColumns])
    assert.deepEqual(row, [
      '2026-01-15T10:00:00.000+01:00',
      'Sender@Example.org',
      'a@example.com, B@example.com',
      'Grüße, "all"',
      'spam',
      'Spam',
      'Spam score',
      'rspamd',
      '',
      String(text.length),
      '<1@example.org>',
      '',
      'held, held',
      id,
    ])
    const [, newYork] = await get(admin, '/api/v1/messages.csv?timeZone=America/New_York&columns=receivedAt')
    assert.deepEqual(newYork, ['2026-01-15T04:00:00.000-05:00'])
    const headers = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
    for (const wrong of ['columns=subject,nothing', 'timeZone=Nowhere/City', 'from=someday', 'page=2'])
      assert.equal((await admin.request(`/api/v1/messages.csv?${wrong}`, { headers })).status, 400, wrong)
    assert.equal((await deeds(store.ctx)).length, 2)
  })

  test('an export ends at its limit and says so', async () => {
    await using store = await open()
    for (let n = 0; n < 5; n++) await hold(store.ctx, text)
    const parts = { ctx: store.ctx, deps: { policy: () => ({ areas: [] }) } } as unknown as Parts
    const { exportMessages } = exportHandlers(parts, 3)
    const answers: RawAnswer[] = []
    const actor = { name: 'x', role: 'auditor' as const, origin: '' }
    const query = { sort: 'timestamp' as const, columns: 'area,reason' }
    const respond = (raw: RawAnswer) => answers.push(raw)
    await exportMessages({ query, actor, respond } as unknown as Parameters<typeof exportMessages>[0])
    const pieces: Uint8Array[] = []
    for (const answer of answers)
      if ('body' in answer)
        for await (const piece of answer.body as AsyncIterable<Uint8Array>) pieces.push(piece)
    const rows = readCsv(Buffer.concat(pieces).toString('utf8'))
    assert.equal(rows.length, 5)
    assert.deepEqual(rows.at(-1), ['Cut off after 3 rows. Ask for less.', ''])
  })

  test('a column asked for again and again is there once', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const [head] = await get(admin, `/api/v1/messages.csv?columns=${'id,'.repeat(50)}subject,id`)
    assert.deepEqual(head, ['id', 'subject'])
  })

  test('so many exports at a time and no more, however they end; who only asks for the head holds none', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    await hold(store.ctx, text)
    const headers = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
    const ask = (method = 'GET', from?: string) =>
      admin.request('/api/v1/messages.csv', { method, headers, from })
    for (let n = 0; n < exportsAtOnce; n++) assert.equal((await ask('HEAD')).status, 200)
    const open10 = await Promise.all(Array.from({ length: exportsAtOnce / 2 }, () => ask()))
    assert.deepEqual([...new Set(open10.map(({ status }) => status))], [200])
    const noted = (await deeds(store.ctx)).length
    assert.equal((await ask()).status, 429)
    assert.equal((await deeds(store.ctx)).length, noted)
    assert.equal((await ask('GET', '198.51.100.7')).status, 200)
    await open10[0]?.body?.cancel()
    const next = await ask()
    assert.equal(next.status, 200)
    await next.text()
    assert.equal((await ask()).status, 200)
  })

  test('an export that fails midway is cut off', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    for (let n = 0; n < 60; n++) await hold(store.ctx, text, { subject: 'x'.repeat(900) })
    const { search } = store.ctx.db.search
    const headers = { authorization: `Bearer ${await admin.keyOf('administrator')}` }
    let asked = 0
    store.ctx.db.search.search = async (request) => {
      if (asked++ > 0) throw new Error('the disk is gone')
      return await search.call(store.ctx.db.search, { ...request, limit: 50 })
    }
    await assert.rejects(async () => (await admin.request('/api/v1/messages.csv', { headers })).text())
    assert.ok(store.told.some(({ kind }) => kind === 'failure'))
  })

  test('the audit log: oldest first, filtered, and its chain can be checked elsewhere', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const hostile = ['=1+1', '@x', '\t=x', "'=x", 'a;=cmd', 'a;b\n-2', '"=x', ' +1', 'plain', "o'neill; -x"]
    await store.ctx.db.transaction(async (trx) => {
      const rows = Array.from({ length: 600 }, (_, n) => {
        const name = hostile[n % hostile.length] ?? ''
        return {
          at: store.clock.now() + n,
          actor: name,
          origin: '',
          deed: 'session.start',
          target: name,
          details: { name },
        }
      })
      await writeAudit(trx, rows)
    })
    const [names, ...rows] = await get(admin, '/api/v1/audit.csv')
    assert.deepEqual(names, [
      'seq',
      'time',
      'actor',
      'origin',
      'deed',
      'target',
      'details',
      'previous',
      'hash',
    ])
    assert.equal(rows.length, 601)
    let head = '0'.repeat(64)
    for (const row of rows) {
      const [seq, time, actor, origin, deed, target, details, previous, hash] = row.map(original)
      const words = [Number(seq), Date.parse(time ?? ''), actor, origin, deed, target, details, previous]
      assert.equal(previous, head)
      assert.equal(createHash('sha256').update(JSON.stringify(words)).digest('hex'), hash)
      head = hash ?? ''
    }
    const found = await get(admin, '/api/v1/audit.csv?actor=plain&deed=session.*')
    assert.equal(found.length, 61)
    assert.equal((await deeds(store.ctx)).at(-1), 'administrator1 (key test) audit.export ')
  })

  test('criteria: what is configured and what occurs', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    await hold(store.ctx, text, {
      group: { area: 'Old area', reason: 'policy', rule: 'Mine', scanner: 'clamav' },
    })
    const client = await admin.as('auditor')
    assert.deepEqual(await client.call('listCriteria'), {
      areas: ['Old area', 'Spam'],
      reasons: ['policy'],
      scanners: ['clamav'],
      rules: ['Mine'],
      states: ['held', 'releasing', 'delivered', 'release-failed', 'deleted', 'expired'],
    })
  })
})

/** What a spreadsheet takes for a formula, with blanks and quotes before it. */
const isFormula = (cell: string) => /^["\s]*[=+\-@＝＋－＠]/.test(cell) || /^[\t\r]/.test(cell)

test('no cell is a formula, whichever character the spreadsheet takes for the separator', () => {
  const hostile = fc.stringMatching(/^[=+\-@;\t\r\n'",x ＝]{0,12}$/)
  fc.assert(
    fc.property(hostile, (cell) => {
      const line = csvLine(['x', cell, 1, null, -2.5])
      const [[first, read = '', ...numbers] = []] = readCsv(`\ufeff${line}`)
      assert.deepEqual([first, ...numbers], ['x', '1', '', '-2.5'])
      assert.ok(!isFormula(read), JSON.stringify(read))
      for (const other of line.split(/[;\t]|\r?\n|\r/).slice(1))
        assert.ok(!isFormula(other), JSON.stringify(line))
      assert.equal(original(read), cell)
    }),
    { numRuns: 3000 },
  )
})
