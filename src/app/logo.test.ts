/** Promise: a logo is a picture and nothing else, is kept by browsers until it is another one, and is read at a reload. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startApp } from '../app.ts'
import { loadConfig } from '../config.ts'
import { readLogo } from './logo.ts'

const png = (more = '') => Buffer.from(`\x89PNG\r\n\x1a\n${more}`, 'latin1')

interface Got {
  status: number
  headers: IncomingHttpHeaders
  bytes: Buffer
}

const get = (url: string, method = 'GET'): Promise<Got> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { method, rejectUnauthorized: false, agent: false }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.once('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          bytes: Buffer.concat(pieces),
        }),
      )
    })
    asked.once('error', reject).end()
  })

test('the first bytes say what it is; what is no picture, a program, or too large is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-logo-'))
  try {
    const of = (bytes: Uint8Array) => {
      const path = join(folder, 'logo.png')
      writeFileSync(path, bytes)
      return readLogo(path)
    }
    assert.equal(readLogo(''), null)
    assert.match(of(png())?.name ?? '', /^[0-9a-f]{32}\.png$/)
    assert.equal(of(Buffer.from('\xff\xd8\xff\xe0', 'latin1'))?.type, 'image/jpeg')
    assert.equal(of(Buffer.from('RIFF\0\n\0\0WEBPVP8 ', 'latin1'))?.type, 'image/webp')
    for (const bytes of [
      '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
      '<!DOCTYPE html>',
      'GIF89a',
      'RIFF....WAVE',
      '',
    ])
      assert.throws(() => of(Buffer.from(bytes)), { code: 'invalid', message: /neither PNG nor JPEG/ }, bytes)
    assert.throws(() => of(png('x'.repeat(512 * 1024))), { code: 'invalid', message: /513 KB/ })
    assert.throws(() => readLogo(join(folder, 'missing.png')), { code: 'invalid', message: /cannot be read/ })
    assert.throws(() => readLogo(folder), { code: 'invalid' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('it is served under the hash of its content, and another one after a reload; a bad one changes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-logo-'))
  try {
    const path = join(folder, 'logo.png')
    writeFileSync(path, png('one'))
    const file = join(folder, 'lazaret.toml')
    const listen = 'listen = ["127.0.0.1:0"]'
    writeFileSync(
      file,
      `[server]\ndata_dir = "${join(folder, 'data')}"\n[log]\nlevel = "silent"\n[smtp]\nlisten = []\n` +
        `[admin]\n${listen}\n[euq]\n${listen}\nsecondary_${listen}\nlogo = "${path}"\n`,
    )
    await using app = await startApp(loadConfig(file))
    const [url = ''] = app.euqUrls
    const logo = async () =>
      (JSON.parse(String((await get(`${url}/api/v1/my/entrance`)).bytes)) as { logo: string }).logo
    const first = await logo()
    const got = await get(url + first)
    assert.deepEqual([got.status, got.bytes.equals(png('one'))], [200, true])
    assert.equal(got.headers['content-type'], 'image/png')
    assert.equal(got.headers['x-content-type-options'], 'nosniff')
    assert.equal(got.headers['cache-control'], 'public, max-age=31536000, immutable')
    assert.match(String(got.headers['content-security-policy']), /default-src 'none'.*sandbox/)
    assert.equal((await get(url + first, 'HEAD')).status, 200)
    for (const other of ['/logo/x.png', '/logo/', '/logo/..%2f..%2fetc%2fpasswd', '/logo/logo.png'])
      assert.equal((await get(url + other)).status, 404, other)

    writeFileSync(path, '<svg/>')
    assert.throws(() => app.reload(), { code: 'invalid' })
    assert.equal(await logo(), first)
    writeFileSync(path, png('two'))
    app.reload()
    const second = await logo()
    assert.notEqual(second, first)
    assert.ok((await get(url + second)).bytes.equals(png('two')))
    assert.equal((await get(url + first)).status, 404)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
