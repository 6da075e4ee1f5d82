/** Promise: users take attachments out of their own held mail where the area allows it, as they came, and on record. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/store.ts'
import { deeds, hold } from '../testing/admin.ts'
import { addUser, areas, openEuq, signedIn } from './testing/euq.ts'

const anna = 'anna@example.com'
const bytes = randomBytes(400_000)
const mail = [
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/html; name="../../r\u202eeport.html"',
  'Content-Disposition: attachment',
  'Content-Transfer-Encoding: base64',
  '',
  bytes.toString('base64').replace(/.{76}/g, '$&\r\n'),
  '--b--',
  '',
].join('\r\n')

forEachEngine((open) => {
  test('byte for byte, to be saved whatever it is, and in the audit log', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, anna)
    const euq = openEuq(ctx)
    const someone = await signedIn(euq, anna)
    const id = await hold(ctx, mail, { recipients: [anna], group: { area: 'Files' } })
    const shown = (await someone.ask('GET', `/messages/${id}`)).body
    assert.equal(shown.may.download, true)
    const answer = await euq.request(`/api/v1/my/messages/${id}/parts/1`, {
      headers: { cookie: someone.cookie },
    })
    assert.equal(answer.status, 200)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes)
    const { headers } = answer
    assert.equal(headers.get('content-type'), 'application/octet-stream')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'.*sandbox/)
    assert.equal(
      headers.get('content-disposition'),
      `attachment; filename="report.html"; filename*=UTF-8''report.html`,
    )
    assert.equal((await someone.ask('GET', `/messages/${id}/parts/7`)).status, 404)
    const noted = await deeds(ctx)
    assert.deepEqual(
      noted.filter((deed) => deed.includes('download')),
      [`${anna} (user) message.download ${id}`],
    )
  })

  test('a reload that forbids it holds at once, and nothing that is refused is on record as taken', async () => {
    await using store = await open()
    const { ctx } = store
    await addUser(ctx, anna)
    let policy = areas
    const someone = await signedIn(openEuq(ctx, { policy: () => ({ areas: policy }) }), anna)
    const files = { recipients: [anna], group: { area: 'Files' as const } }
    const allowed = await hold(ctx, mail, files)
    const virus = await hold(ctx, mail, { ...files, group: { area: 'Files', reason: 'malware' } })
    assert.equal((await someone.ask('GET', `/messages/${virus}/parts/1?confirmVirus=true`)).status, 400)
    const { status, code, body } = await someone.ask('GET', `/messages/${virus}/parts/1`)
    assert.deepEqual([status, code], [403, 'forbidden'])
    assert.match(body.detail ?? body.title, /virus scanner/)
    policy = areas.map((area) => ({ ...area, usersDownloadParts: false }))
    assert.equal((await someone.ask('GET', `/messages/${allowed}/parts/1`)).status, 403)
    assert.equal((await someone.ask('GET', `/messages/${allowed}`)).body.may.download, false)
    assert.deepEqual(
      (await deeds(ctx)).filter((deed) => deed.includes('download')),
      [],
    )
  })
})
