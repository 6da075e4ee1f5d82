/** Sign-in at an OpenID provider: nobody comes in with what was not meant for us, here, now, and signed by the provider. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Clock } from '../../clock.ts'
import { Problem, type ProblemCode } from '../../problem.ts'
import { openOidc, readPending, writePending } from './oidc.ts'
import { oidcSchema } from './oidc-options.ts'
import { type FakeProvider, fakeProvider, type ProviderScript } from './testing/fake-provider.ts'
import { certificate, never } from './testing/fake-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-oidc-'))
const tls_ca_file = join(folder, 'ca.pem')
before(() => writeFileSync(tls_ca_file, certificate.cert))
after(() => rmSync(folder, { recursive: true }))

const redirectUri = 'https://euq.corp.example/sign-in/oidc'
let time = Date.now()
const clock: Clock = {
  now: () => time,
  every: () => assert.fail('no timer is needed'),
}

const methodFor = (provider: FakeProvider, more: Record<string, unknown> = {}) =>
  openOidc(
    oidcSchema.parse({
      issuer: provider.issuer,
      client_id: 'lazaret',
      client_secret: 'client-secret',
      tls_ca_file,
      ...more,
    }),
    clock,
  )

const verified = { email: 'alice@corp.example', email_verified: true, name: 'Alice \u202eE.' }

/** Begins, lets the provider approve, finishes. */
async function signIn(script: ProviderScript, more: Record<string, unknown> = {}) {
  await using provider = await fakeProvider(script)
  const method = methodFor(provider, more)
  const { url, pending } = await method.begin(redirectUri, never())
  return await method.finish(provider.approve(url), pending, never())
}

async function refused(asked: Promise<unknown>, code: ProblemCode, what = ''): Promise<string> {
  const error = await asked.then(
    (value) => assert.fail(`${what}: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, `${what}: ${String(error)}`)
  assert.equal(error.code, code, `${what}: ${error.message}`)
  assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(error.facts)}`, /client-secret|c0de/)
  return error.message
}

test('the way there: code flow, PKCE, state and nonce, each time others; the way back gives the address', async () => {
  await using provider = await fakeProvider({ claims: verified })
  const method = methodFor(provider, { label: 'Corp' })
  const [one, other] = [await method.begin(redirectUri, never()), await method.begin(redirectUri, never())]
  const asks = Object.fromEntries(new URL(one.url).searchParams)
  assert.deepEqual(
    { ...asks, state: '', nonce: '', code_challenge: '' },
    {
      client_id: 'lazaret',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid email profile',
      code_challenge_method: 'S256',
      state: '',
      nonce: '',
      code_challenge: '',
    },
  )
  for (const key of ['state', 'nonce', 'verifier'] as const) {
    assert.ok(one.pending[key].length >= 43, key)
    assert.notEqual(one.pending[key], other.pending[key])
  }
  assert.ok(!one.url.includes(one.pending.verifier))
  assert.deepEqual(JSON.parse(JSON.stringify(one.pending)), one.pending)
  assert.deepEqual(await method.finish(provider.approve(one.url), one.pending, never()), {
    name: 'alice@corp.example',
    display: 'Alice E.',
    addresses: ['alice@corp.example'],
    source: 'oidc Corp',
  })
  assert.equal(provider.forms[0]?.get('redirect_uri'), redirectUri)
  assert.equal(
    provider.asked.filter((path) => path.startsWith('/.well-known')).length,
    1,
    'asked once for all',
  )
  await assert.rejects(method.finish(provider.approve(other.url), one.pending, never()), /another window/)
})

test('what is remembered fits into a cookie; what a browser made of it is not believed', async () => {
  await using provider = await fakeProvider()
  const { pending } = await methodFor(provider).begin(redirectUri, never())
  const text = writePending(pending)
  assert.match(text, /^[A-Za-z0-9_-]{100,1000}$/)
  assert.deepEqual(readPending(text), pending)
  const others: unknown[] = [
    null,
    7,
    [],
    {},
    { ...pending, more: 1 },
    { ...pending, state: '' },
    { ...pending, startedAt: '0' },
    { ...pending, redirectUri: 'javascript:alert(1)' },
  ]
  for (const other of others)
    assert.equal(
      readPending(Buffer.from(JSON.stringify(other)).toString('base64url')),
      null,
      JSON.stringify(other),
    )
  for (const other of ['', '%%%', text.slice(1), 'x'.repeat(3000)]) assert.equal(readPending(other), null)
})

test('what does not belong to the attempt is refused before the provider is asked', async () => {
  await using provider = await fakeProvider({ claims: verified })
  const method = methodFor(provider)
  const { url, pending } = await method.begin(redirectUri, never())
  const good = provider.approve(url)
  const before = provider.asked.length
  const others: Record<string, string>[] = [
    {},
    { code: 'c0de' },
    { code: 'c0de', state: '' },
    { code: 'c0de', state: 'x'.repeat(43) },
  ]
  for (const parameters of others)
    await refused(method.finish(new URLSearchParams(parameters), pending, never()), 'invalid')
  await refused(method.finish(good, { ...pending, state: '' }, never()), 'invalid')
  const long = new URLSearchParams({ ...Object.fromEntries(good), code: 'x'.repeat(9000) })
  await refused(method.finish(long, pending, never()), 'invalid')
  time += 10 * 60_000 + 1
  await refused(method.finish(good, pending, never()), 'invalid')
  time -= 10 * 60_000 + 2
  await refused(method.finish(good, pending, never()), 'invalid')
  time += 1
  assert.equal(provider.asked.length, before)
  assert.ok(await method.finish(good, pending, never()))
})

test('ID tokens for others, from others, of other times, or not signed by the provider let nobody in', async () => {
  const now = Math.floor(Date.now() / 1000)
  const bad: [string, RegExp, ProviderScript, Record<string, unknown>?][] = [
    ['audience', /CLAIM_COMPARISON/, { claims: { ...verified, aud: 'other' } }],
    ['issuer', /CLAIM_COMPARISON/, { claims: { ...verified, iss: 'https://other.example' } }],
    ['nonce', /CLAIM_COMPARISON/, { claims: { ...verified, nonce: 'other' } }],
    ['no nonce', /INVALID_RESPONSE/, { claims: { ...verified, nonce: undefined } }],
    ['expired', /TIMESTAMP/, { claims: { ...verified, exp: now - 31, iat: now - 90 } }],
    ['not yet', /TIMESTAMP/, { claims: { ...verified, nbf: now + 300 } }],
    ['no subject', /INVALID_RESPONSE/, { claims: { ...verified, sub: undefined } }],
    ['alg none', /INVALID_RESPONSE/, { claims: verified, algorithm: 'none' }],
    ['our own secret', /INVALID_RESPONSE/, { claims: verified, algorithm: 'HS256' }],
    ['another key', /INVALID_RESPONSE/, { claims: verified, algorithm: 'stranger' }],
    ['changed', /INVALID_RESPONSE/, { claims: verified, algorithm: 'tampered' }],
    ['algorithm not allowed', /none of the allowed/, { claims: verified }, { algorithms: ['RS256'] }],
    [
      'no ID token',
      /INVALID_RESPONSE/,
      { tokenAnswer: { status: 200, body: '{"access_token":"t","token_type":"bearer"}' } },
    ],
    ['no JSON', /PARSE_ERROR/, { tokenAnswer: { status: 200, body: '<html>' } }],
    ['failure', /NOT_CONFORM/, { tokenAnswer: { status: 503, body: 'client-secret' } }],
    [
      'client refused',
      /invalid_client/,
      { tokenAnswer: { status: 401, body: '{"error":"invalid_client","error_description":"c0de"}' } },
    ],
    ['too much', /512 KB/, { tokenAnswer: { status: 200, body: `{"x":"${'x'.repeat(600_000)}"}` } }],
    ['userinfo of somebody else', /COMPARISON/, { userinfo: { ...verified, sub: 'u2' } }],
    ['metadata of another issuer', /COMPARISON/, { metadata: { issuer: 'https://other.example' } }],
    [
      'tokens over http',
      /HTTP_REQUEST_FORBIDDEN/,
      { claims: verified, metadata: { token_endpoint: 'http://127.0.0.1:1/token' } },
    ],
  ]
  for (const [what, words, script, more] of bad)
    assert.match(await refused(signIn(script, more), 'unavailable', what), words, what)
  const tolerated = { claims: { ...verified, exp: now - 20, iat: now - 80 } }
  assert.ok(await signIn(tolerated), 'clocks may differ by half a minute')
  await refused(signIn(tolerated, { clock_tolerance_s: 0 }), 'unavailable')
})

test('a code that was used before begins again; a person who said no is not let in', async () => {
  const used = { tokenAnswer: { status: 400, body: '{"error":"invalid_grant"}' } }
  await refused(signIn(used), 'invalid')
  await using provider = await fakeProvider()
  const method = methodFor(provider)
  const { pending } = await method.begin(redirectUri, never())
  const back = (error: string) => new URLSearchParams({ error, state: pending.state })
  assert.equal(await method.finish(back('access_denied'), pending, never()), null)
  await refused(method.finish(back('server_error'), pending, never()), 'unavailable')
})

test('an address counts only when the provider says that it was verified, in the same breath', async () => {
  const email = 'alice@corp.example'
  const cases: [string, ProviderScript, string[] | null, Record<string, unknown>?][] = [
    ['verified', { claims: { email, email_verified: true } }, [email]],
    ['as text', { claims: { email, email_verified: 'true' } }, [email]],
    ['not said', { claims: { email } }, null],
    ['not', { claims: { email, email_verified: false } }, null],
    ['not, as text', { claims: { email, email_verified: 'false' } }, null],
    ['a number', { claims: { email, email_verified: 1 } }, null],
    ['trusted all the same', { claims: { email } }, [email], { trust_unverified_email: true }],
    ['from userinfo', { userinfo: { email, email_verified: true } }, [email]],
    ['from userinfo, not', { userinfo: { email } }, null],
    [
      'said of another',
      { claims: { email }, userinfo: { email: 'x@y.example', email_verified: true } },
      null,
    ],
    ['verified without one', { claims: { email_verified: true }, userinfo: { email } }, null],
    ['no address', { claims: { email: 'alice', email_verified: true } }, null],
    ['a list', { claims: { email: [email], email_verified: true } }, null],
    ['other domain', { claims: { email, email_verified: true } }, null, { domains: ['other.example'] }],
    [
      'aliases',
      {
        claims: {
          email,
          email_verified: true,
          aliases: ['a@corp.example', 'ALICE@corp.example', 7, 'x', null],
        },
      },
      [email, 'a@corp.example'],
      { address_claim: 'aliases', domains: ['corp.example'] },
    ],
    [
      'aliases alone',
      { claims: { email, aliases: 'a@corp.example' } },
      ['a@corp.example'],
      { address_claim: 'aliases' },
    ],
    ['aliases not asked for', { claims: { aliases: 'a@corp.example' } }, null],
  ]
  for (const [what, script, addresses, more] of cases)
    assert.deepEqual((await signIn(script, more))?.addresses ?? null, addresses, what)
})

test('a provider that is not there, or not who it should be, is unavailable', async () => {
  await using provider = await fakeProvider({ claims: verified })
  const unknown = methodFor(provider, { tls_ca_file: '' }).begin(redirectUri, never())
  assert.match(await refused(unknown, 'unavailable'), /SELF_SIGNED/)
  const abort = new AbortController()
  abort.abort()
  await refused(methodFor(provider).begin(redirectUri, abort.signal), 'unavailable')
  const away = methodFor({ ...provider, issuer: 'https://127.0.0.1:1' }).begin(redirectUri, never())
  assert.match(await refused(away, 'unavailable'), /ECONNREFUSED/)
})

test('what a provider says about itself is asked for anew after an hour, and at once after a failure', async () => {
  await using provider = await fakeProvider({ metadata: { issuer: 'https://other.example' } })
  const method = methodFor(provider)
  await refused(method.begin(redirectUri, never()), 'unavailable')
  provider.script = {}
  await method.begin(redirectUri, never())
  await method.begin(redirectUri, never())
  assert.equal(provider.asked.length, 2)
  time += 60 * 60_000 + 1
  await method.begin(redirectUri, never())
  assert.equal(provider.asked.length, 3)
})

test('options that give the secret away, or need none, are refused', () => {
  const good = { issuer: 'https://id.corp.example', client_id: 'x', client_secret: 'y' }
  assert.equal(oidcSchema.parse(good).trust_unverified_email, false)
  for (const bad of [
    { issuer: 'http://id.corp.example' },
    { issuer: 'https://user@id.corp.example' },
    { issuer: 'https://id.corp.example/?x' },
    { client_secret: '' },
    { client_secret_file: '/x' },
    { client_authentication: 'none' },
    { algorithms: ['none'] },
    { algorithms: ['HS256'] },
    { algorithms: [] },
    { scopes: ['email'] },
    { scopes: ['openid', 'a b'] },
  ])
    assert.equal(oidcSchema.safeParse({ ...good, ...bad }).success, false, JSON.stringify(bad))
})
