/** Promises about looking into held mail over HTTP: noted, bounded by its policy, saved as what it is, never run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../test/store.ts'
import { ApiError } from '../api/api-error.ts'
import { parseId } from '../store/ids.ts'
import { attachmentHeader } from './headers.ts'
import { deeds, hold, openAdmin } from './testing/admin.ts'

const attached = [
  'Subject: Offer',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/html',
  '',
  '<script>alert(1)</script><a href="https://evil.example/">bank.example</a><img src="https://evil.example/x">',
  '--b',
  'Content-Type: text/html; name="../../in\u202evoice.html"',
  'Content-Disposition: attachment',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('<script>alert(2)</script>').toString('base64'),
  '--b--',
  '',
].join('\r\n')

const refused = (status: number, code: string) => (error: unknown) =>
  error instanceof ApiError && error.status === status && error.code === code

forEachEngine((open) => {
  test('content: text, true targets, parts; noted once a minute, whichever way it is looked at', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, attached)
    const client = await admin.as('auditor')
    const content = await client.call('readMessage', { params: { id } })
    assert.deepEqual(content, {
      text: 'bank.example <https://evil.example/>',
      textIsFrom: 'html',
      textIsCut: false,
      hasHtml: true,
      links: [{ text: 'bank.example', target: 'https://evil.example/' }],
      remoteContent: 1,
      parts: [
        {
          part: 2,
          name: 'in[U+202E]voice.html',
          type: 'text/html',
          trueType: 'text/html',
          size: 25,
          inline: false,
        },
      ],
      problem: null,
    })
    await client.call('showMessage', { params: { id } })
    await client.call('readSource', { params: { id } })
    assert.deepEqual(await deeds(store.ctx), [`auditor1 (key test) message.view ${id}`])
    await store.clock.turn(61_000)
    await client.call('readMessage', { params: { id } })
    assert.equal((await deeds(store.ctx)).length, 2)
  })

  test('the page has a policy of its own, and may be framed by our pages only', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, attached)
    const headers = { authorization: `Bearer ${await admin.keyOf('operator')}` }
    const answer = await admin.request(`/api/v1/messages/${id}/rendered?theme=dark`, { headers })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(answer.headers.get('x-frame-options'), 'SAMEORIGIN')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.deepEqual(answer.headers.get('content-security-policy')?.split('; ').sort(), [
      "base-uri 'none'",
      "default-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'self'",
      'img-src data:',
      'sandbox',
      "style-src 'unsafe-inline'",
    ])
    const page = await answer.text()
    assert.doesNotMatch(page, /<script|href=|src=/)
    assert.match(page, /‹https:\/\/evil\.example\/›/)
    const wrong = await admin.request(`/api/v1/messages/${id}/rendered?theme=blue`, { headers })
    assert.equal(wrong.headers.get('x-frame-options'), 'DENY')
    assert.equal(wrong.status, 400)
  })

  test('the source is text, with its controls to be seen, up to 256 KB', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const client = await admin.as('auditor')
    const id = await hold(store.ctx, 'Subject: a\u202eb\r\n\r\nx\x1b[2Jy\rz\0\r\n')
    assert.deepEqual(await client.call('readSource', { params: { id } }), {
      text: 'Subject: a[U+202E]b\n\nx␛[2Jy␍z␀\n',
      isCut: false,
      size: 29,
    })
    const long = await hold(store.ctx, `Subject: x\r\n\r\n${'0123456789\r\n'.repeat(60_000)}`)
    const source = await client.call('readSource', { params: { id: long } })
    assert.ok(source.isCut)
    assert.equal(source.size, 720_014)
    assert.ok(source.text.length <= 262_144)
  })

  test('a part is saved as a file, whatever it is, and noted before', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, attached)
    const headers = { authorization: `Bearer ${await admin.keyOf('auditor')}` }
    const answer = await admin.request(`/api/v1/messages/${id}/parts/2`, { headers })
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
    assert.equal(
      answer.headers.get('content-disposition'),
      `attachment; filename="invoice.html"; filename*=UTF-8''invoice.html`,
    )
    assert.deepEqual(await deeds(store.ctx), [`auditor1 (key test) message.download ${id}`])
    assert.equal(await answer.text(), '<script>alert(2)</script>')
    for (const part of ['0', '7', '10000']) {
      const none = await admin.request(`/api/v1/messages/${id}/parts/${part}`, { headers })
      assert.equal(none.status, 404, part)
    }
    assert.equal((await deeds(store.ctx)).length, 1)
  })

  test('parts of mail that was held for a virus need a word of confirmation', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, attached, { group: { reason: 'malware', area: 'Malware' } })
    const headers = { authorization: `Bearer ${await admin.keyOf('operator')}` }
    const path = `/api/v1/messages/${id}/parts/2`
    for (const query of ['', '?confirmVirus=false']) {
      const answer = await admin.request(path + query, { headers })
      assert.equal(answer.status, 409)
      assert.equal(((await answer.json()) as { type: string }).type, 'urn:lazaret:problem:confirm')
    }
    assert.deepEqual(await deeds(store.ctx), [])
    const answer = await admin.request(`${path}?confirmVirus=true`, { headers })
    assert.equal(await answer.text(), '<script>alert(2)</script>')
    const [row] = await store.ctx.db.read.selectFrom('audit').selectAll().execute()
    assert.deepEqual(JSON.parse(row?.details ?? ''), {
      part: 2,
      name: 'in\u202evoice.html',
      confirmVirus: true,
    })
  })

  test('a large part passes through, and a damaged message is cut off', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const bytes = Buffer.alloc(3_000_000, 'some bytes ')
    const text = `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/x-thing\r\nContent-Transfer-Encoding: base64\r\n\r\n${bytes.toString('base64').replace(/.{76}/g, '$&\r\n')}\r\n--b--\r\n`
    const id = await hold(store.ctx, text)
    const headers = { authorization: `Bearer ${await admin.keyOf('operator')}` }
    const ask = () => admin.request(`/api/v1/messages/${id}/parts/1`, { headers })
    assert.deepEqual(Buffer.from(await (await ask()).arrayBuffer()), bytes)
    await store.ctx.db.transaction(async (trx) => {
      await trx
        .updateTable('contents')
        .set({ sha256: 'f'.repeat(64) })
        .execute()
    })
    await assert.rejects(async () => (await ask()).arrayBuffer())
  })

  test('what was purged says so, and nothing is noted as seen that is not there', async () => {
    await using store = await open()
    using admin = openAdmin(store.ctx)
    const id = await hold(store.ctx, attached)
    await store.ctx.db.transaction(async (trx) => {
      await trx.updateTable('contents').set({ purged_at: store.clock.now() }).execute()
    })
    const client = await admin.as('administrator')
    const content = await client.call('readMessage', { params: { id } })
    assert.match(content.problem ?? '', /removed when its retention period was over/)
    assert.deepEqual([content.parts, content.text, content.textIsFrom], [[], '', 'none'])
    await assert.rejects(client.call('readSource', { params: { id } }), refused(404, 'not-found'))
    const headers = { authorization: `Bearer ${await admin.keyOf('operator')}` }
    const page = await admin.request(`/api/v1/messages/${id}/rendered`, { headers })
    assert.match(await page.text(), /removed when its retention/)
    assert.equal((await admin.request(`/api/v1/messages/${id}/parts/2`, { headers })).status, 404)
    const none = `${'0'.repeat(10)}1`
    assert.equal(parseId(none), 1)
    await assert.rejects(client.call('readMessage', { params: { id: none } }), refused(404, 'not-found'))
  })
})

test('the name of a saved part is a file name and nothing more', () => {
  const names: [string, string][] = [
    ['report.pdf', 'report.pdf'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['C:\\x\\y.exe', 'C__x_y.exe'],
    ['a\r\nSet-Cookie: x.txt', 'aSet-Cookie_ x.txt'],
    ['in\u202evoice\u200b.exe. . ', 'invoice.exe'],
    ['"quoted" %41;b=c.txt', '_quoted_ %41;b=c.txt'],
    ['CON.txt', '_CON.txt'],
    ['', 'part-1.bin'],
    ['...', 'part-1.bin'],
    ['\ud800x', '\ufffdx'],
  ]
  for (const [given, wanted] of names) {
    const header = attachmentHeader(given, 'part-1.bin')
    const [, ascii = '', encoded = ''] =
      /^attachment; filename="([ !#-~]*)"; filename\*=UTF-8''([A-Za-z0-9%_.!~-]*)$/.exec(header) ?? []
    assert.equal(decodeURIComponent(encoded), wanted, header)
    assert.equal(ascii, wanted.replace(/[^\x20-\x7e]/g, '_').replaceAll('%', '_'))
  }
  const long = attachmentHeader(`${'ü'.repeat(500)}.docx`, 'x')
  assert.match(decodeURIComponent(long.replace(/^.*''/, '')), /^ü{115}\.docx$/)
})
