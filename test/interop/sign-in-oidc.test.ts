/** People sign in at a real OpenID provider (npm's oidc-provider), with a browser as small as it can be. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { Provider } from 'oidc-provider'
import { openOidc } from '../../src/access/signin/oidc.ts'
import { oidcSchema } from '../../src/access/signin/oidc-options.ts'
import { selfSignedCertificate } from '../../src/app/x509.ts'
import { systemClock } from '../../src/clock.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-oidc-'))
const tls_ca_file = join(folder, 'ca.pem')
const now = Date.now()
const certificate = selfSignedCertificate([], ['127.0.0.1'], now - 86_400_000, now + 86_400_000)
const redirectUri = 'https://euq.corp.example/sign-in/oidc'
const never = () => new AbortController().signal

const people: Record<string, Record<string, unknown>> = {
  alice: {
    email: 'alice@corp.example',
    email_verified: true,
    name: 'Alice Example',
    aliases: ['a.example@corp.example'],
  },
  mallory: { email: 'alice@corp.example', email_verified: false, name: 'Mallory' },
}

let server: Server
let issuer = ''

before(async () => {
  writeFileSync(tls_ca_file, certificate.cert)
  let answer: ReturnType<Provider['callback']> = () => {}
  server = createServer(certificate, (asked, reply) => answer(asked, reply))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  const client = {
    redirect_uris: [redirectUri],
    response_types: ['code'],
    grant_types: ['authorization_code'],
  }
  const provider = new Provider(issuer, {
    clients: [
      { ...client, client_id: 'basic', client_secret: 'basic-secret' },
      {
        ...client,
        client_id: 'post',
        client_secret: 'post-secret',
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
      },
      { ...client, client_id: 'public', token_endpoint_auth_method: 'none' },
    ],
    jwks: {
      keys: [
        { ...rsa, use: 'sig', alg: 'RS256' },
        { ...ec, use: 'sig', alg: 'ES256' },
      ],
    },
    cookies: { keys: ['for this test only'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'aliases'] },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, ...people[sub] }),
    }),
  })
  answer = provider.callback()
})

after(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

const method = (more: Record<string, unknown> = {}) =>
  openOidc(
    oidcSchema.parse({ issuer, client_id: 'basic', client_secret: 'basic-secret', tls_ca_file, ...more }),
    systemClock,
  )

interface Page {
  location: string | undefined
  body: string
}

/** Follows redirects with cookies; fills in the provider's own forms; ends when it is sent to us. */
async function browse(url: string, login: string, consents = true): Promise<URLSearchParams> {
  const cookies = new Map<string, string>()
  const get = async (address: string, form?: Record<string, string>): Promise<Page> => {
    const { promise, resolve, reject } = Promise.withResolvers<Page>()
    const asked = request(
      address,
      {
        method: form ? 'POST' : 'GET',
        ca: certificate.cert,
        headers: {
          cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
      },
      async (answer) => {
        for (const cookie of answer.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
          cookies.set(name, value)
        }
        const { location } = answer.headers
        resolve({ location: location && new URL(location, address).href, body: await text(answer) })
      },
    )
    asked.on('error', reject).end(form && String(new URLSearchParams(form)))
    return await promise
  }
  let page = await get(url)
  for (let steps = 0; steps < 20; steps++) {
    if (page.location?.startsWith(redirectUri)) return new URL(page.location).searchParams
    if (page.location) page = await get(page.location)
    else {
      const action = /action="([^"]+)"/.exec(page.body)?.[1]
      const prompt = /name="prompt" value="([^"]+)"/.exec(page.body)?.[1]
      const abort = /href="([^"]+\/abort)"/.exec(page.body)?.[1]
      assert.ok(action && prompt, page.body.slice(0, 500))
      page =
        prompt === 'consent' && !consents && abort
          ? await get(new URL(abort, issuer).href)
          : await get(new URL(action, issuer).href, { prompt, login, password: 'any' })
    }
  }
  return assert.fail('no end of redirects')
}

async function signIn(login: string, more: Record<string, unknown> = {}, consents = true) {
  const oidc = method(more)
  const { url, pending } = await oidc.begin(redirectUri, never())
  return await oidc.finish(await browse(url, login, consents), pending, never())
}

const alice = {
  name: 'alice@corp.example',
  display: 'Alice Example',
  addresses: ['alice@corp.example'],
  source: 'oidc Single sign-on',
}

test('a client with a secret (basic, post) and one without; RS256 and ES256', async () => {
  assert.deepEqual(await signIn('alice'), alice)
  const post = { client_id: 'post', client_secret: 'post-secret', client_authentication: 'post' }
  assert.deepEqual(await signIn('alice', post), alice)
  assert.deepEqual(
    await signIn('alice', { client_id: 'public', client_secret: '', client_authentication: 'none' }),
    alice,
  )
  await assert.rejects(signIn('alice', { ...post, algorithms: ['RS256'] }), /OAUTH_INVALID_RESPONSE/)
})

test('aliases of a claim that was named; no address that was not verified; nobody who said no', async () => {
  const found = await signIn('alice', { address_claim: 'aliases' })
  assert.deepEqual(found?.addresses, ['alice@corp.example', 'a.example@corp.example'])
  assert.equal(await signIn('mallory'), null)
  assert.equal(await signIn('nobody'), null)
  assert.equal(await signIn('alice', {}, false), null)
})

test('a code works once, and only in the browser that asked for it', async () => {
  const oidc = method()
  const one = await oidc.begin(redirectUri, never())
  const back = await browse(one.url, 'alice')
  const other = await oidc.begin(redirectUri, never())
  await assert.rejects(oidc.finish(back, other.pending, never()), { code: 'invalid' })
  const stolen = new URLSearchParams([...back])
  stolen.set('state', other.pending.state)
  await assert.rejects(oidc.finish(stolen, other.pending, never()), { code: 'invalid' })
  const again = await oidc.begin(redirectUri, never())
  const fresh = await browse(again.url, 'alice')
  assert.deepEqual(await oidc.finish(fresh, again.pending, never()), alice)
  await assert.rejects(oidc.finish(fresh, again.pending, never()), { code: 'invalid' })
})

test('a wrong client secret is ours to mend, not a wrong password', async () => {
  await assert.rejects(signIn('alice', { client_secret: 'wrong' }), (error: Error) => {
    assert.match(error.message, /failed: it does not know this client \(401\)/)
    return !/wrong|secret/.test(String(error.stack))
  })
})
