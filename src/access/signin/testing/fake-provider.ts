/** An OpenID provider over https that says what a test wants, in tokens that it signs as a test wants. */
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { certificate } from './fake-server.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

export interface ProviderScript {
  /** Changes what it says about itself. */
  metadata?: Record<string, unknown>
  /** Changes the claims of the ID token; undefined takes one away. */
  claims?: Record<string, unknown>
  userinfo?: Record<string, unknown>
  algorithm?: 'ES256' | 'none' | 'HS256' | 'stranger' | 'tampered'
  /** Instead of tokens. */
  tokenAnswer?: { status: number; body: string }
}

export interface FakeProvider extends AsyncDisposable {
  issuer: string
  /** Paths that were asked for. */
  asked: string[]
  /** Bodies that came to the token endpoint. */
  forms: URLSearchParams[]
  script: ProviderScript
  /** The browser goes to `url`, the person says yes: what the provider sends him back with. */
  approve(url: string): URLSearchParams
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(claims: Record<string, unknown>, algorithm: ProviderScript['algorithm'] = 'ES256'): string {
  const alg = { ES256: 'ES256', stranger: 'ES256', tampered: 'ES256', none: 'none', HS256: 'HS256' }[
    algorithm
  ]
  const head = `${base64url({ alg, kid: 'k' })}.${base64url(claims)}`
  if (algorithm === 'none') return `${head}.`
  if (algorithm === 'HS256')
    return `${head}.${createHmac('sha256', 'client-secret').update(head).digest('base64url')}`
  const key = { key: algorithm === 'stranger' ? stranger : privateKey, dsaEncoding: 'ieee-p1363' } as const
  const signature = sign('sha256', Buffer.from(head), key).toString('base64url')
  return algorithm === 'tampered'
    ? `${base64url({ alg, kid: 'k' })}.${base64url({ ...claims, email: 'boss@corp.example' })}.${signature}`
    : `${head}.${signature}`
}

export async function fakeProvider(script: ProviderScript = {}): Promise<FakeProvider> {
  const asked: string[] = []
  const forms: URLSearchParams[] = []
  let issuer = ''
  let nonce = ''
  let challenge = ''
  const provider = { script }
  const answers: Record<string, (form: URLSearchParams) => unknown> = {
    '/.well-known/openid-configuration': () => ({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      userinfo_endpoint: `${issuer}/me`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'],
      ...provider.script.metadata,
    }),
    '/keys': () => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig' }] }),
    '/me': () => ({ sub: 'u1', ...provider.script.userinfo }),
    '/token': (form) => {
      const verifier = form.get('code_verifier') ?? ''
      if (createHash('sha256').update(verifier).digest('base64url') !== challenge)
        return { error: 'invalid_grant' }
      const now = Math.floor(Date.now() / 1000)
      const claims = {
        iss: issuer,
        sub: 'u1',
        aud: 'lazaret',
        iat: now,
        exp: now + 60,
        nonce,
        ...provider.script.claims,
      }
      const { algorithm } = provider.script
      return { access_token: 't', token_type: 'bearer', id_token: signed(claims, algorithm) }
    },
  }
  const server = createServer(certificate, async (request, response) => {
    const path = request.url ?? ''
    asked.push(path)
    const form = new URLSearchParams(await text(request))
    if (path === '/token') forms.push(form)
    const { tokenAnswer } = provider.script
    if (path === '/token' && tokenAnswer) {
      response.writeHead(tokenAnswer.status, { 'content-type': 'application/json' }).end(tokenAnswer.body)
      return
    }
    const answer = answers[path]?.(form)
    const failed = answer === undefined || Object.hasOwn(answer as object, 'error')
    response
      .writeHead(failed ? 400 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(provider, {
    issuer,
    asked,
    forms,
    approve(url: string) {
      const asks = new URL(url).searchParams
      nonce = asks.get('nonce') ?? ''
      challenge = asks.get('code_challenge') ?? ''
      return new URLSearchParams({ code: 'c0de', state: asks.get('state') ?? '' })
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
