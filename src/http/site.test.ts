/** Promise: the console comes under a policy that lets nothing else in, compressed, and cached for as long as is safe. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openConsole } from './site.ts'

function site() {
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-site-'))
  mkdirSync(join(folder, 'assets'))
  const files = {
    'index.html':
      '<meta name="style-nonce" content="%NONCE%"><script type="module" src="/assets/index-a1.js"></script>',
    'favicon.svg': '<svg/>',
    '.made-of': 'secret',
    'assets/index-a1.js': 'plain',
    'assets/index-a1.js.br': 'brotli',
    'assets/index-a1.js.gz': 'gzip',
    'assets/index-a1.css': 'css',
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return Object.assign(openConsole('index.html', folder), {
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  })
}

test('every page has a nonce of its own, which its policy names; no inline script is allowed', () => {
  using one = site()
  const [first, second] = [one.page(), one.page()]
  const nonce = /content="([^"]+)"/.exec(String(first.body))?.[1] ?? ''
  assert.match(nonce, /^[A-Za-z0-9+/]{24}$/)
  const policy = first.headers['content-security-policy'] ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.match(policy, /script-src 'self'(;|$)/)
  assert.ok(policy.includes(`style-src 'self' 'nonce-${nonce}'`))
  assert.doesNotMatch(policy, /unsafe|\*|https?:/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.notEqual(String(first.body), String(second.body))
  assert.equal(first.headers['cache-control'], 'no-store')
})

test('hashed files are kept for ever, and come as the client can take them', () => {
  using one = site()
  const cases: [string, string | undefined, string][] = [
    ['gzip, deflate, br', 'br', 'brotli'],
    ['gzip', 'gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip', 'gzip'],
    ['', undefined, 'plain'],
    ['identity', undefined, 'plain'],
  ]
  for (const [accept, encoding, text] of cases) {
    const answer = one.file('assets/index-a1.js', accept)
    assert.equal(answer?.headers['content-encoding'], encoding, accept)
    assert.equal(new TextDecoder().decode(answer?.body as Uint8Array), text)
    assert.match(answer?.headers['cache-control'] ?? '', /immutable/)
    assert.equal(answer?.headers.vary, 'accept-encoding')
  }
  assert.doesNotMatch(one.file('favicon.svg', '')?.headers['cache-control'] ?? '', /immutable/)
})

test('nothing but what was built is served', () => {
  using one = site()
  for (const path of [
    '.made-of',
    'assets/../../secret.js',
    'assets/index-a1.js.map',
    'index.html',
    'assets/',
    '',
  ])
    assert.equal(one.file(path, 'br'), null, path)
})

test('a console that was not built says how it is', () => {
  const answer = openConsole('index.html', join(tmpdir(), 'lazaret-there-is-none')).page()
  assert.equal(answer.status, 503)
  assert.match(String(answer.body), /npm run build/)
})
