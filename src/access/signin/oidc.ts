/**
 * Signing in at an OpenID provider (OpenID Connect Core 1.0 §3.1; RFC 7636, RFC 9700): authorization code flow with
 * PKCE, state and nonce, ID tokens whose signature is checked. Two steps, which a listener mounts: `begin` tells where to
 * send the browser and what to remember about it, `finish` takes what the provider sent it back with.
 */
import { timingSafeEqual } from 'node:crypto'
import * as client from 'openid-client'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { domainOf } from '../../mail/address.ts'
import { Problem } from '../../problem.ts'
import { addressesAmong, displayOf, isAddress } from './addresses.ts'
import type { Recognised } from './method.ts'
import { fetchWith } from './oidc-http.ts'
import { clientSecretOf, type OidcValues } from './oidc-options.ts'
import { authoritiesOf } from './servers.ts'
import { faultOf, Unreachable } from './wire.ts'

/** What is kept between the two steps, for this browser only and nobody else's eyes. Plain data. */
export interface Pending {
  state: string
  nonce: string
  verifier: string
  redirectUri: string
  startedAt: number
}

const pendingSchema = z.strictObject({
  state: z.string().min(20).max(100),
  nonce: z.string().min(20).max(100),
  verifier: z.string().min(43).max(128),
  redirectUri: z.url({ protocol: /^https$/ }).max(1000),
  startedAt: z.int(),
})

/** As a cookie's value. */
export const writePending = (pending: Pending): string =>
  Buffer.from(JSON.stringify(pending)).toString('base64url')

/** Null for what is none: it comes from a browser. */
export function readPending(text: string): Pending | null {
  if (text.length > 2000) return null
  try {
    return pendingSchema.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString())).data ?? null
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    return null
  }
}

export interface OidcMethod {
  /** For people, on the button. */
  readonly label: string
  /** @throws Problem 'unavailable' when the provider cannot be asked. */
  begin(redirectUri: string, signal: AbortSignal): Promise<{ url: string; pending: Pending }>
  /**
   * `parameters` is the query that the browser came back with. Null: the provider did not let him in, or says no
   * address that may be believed.
   * @throws Problem 'invalid' when the answer does not belong to `pending`, or comes too late; 'unavailable'.
   */
  finish(parameters: URLSearchParams, pending: Pending, signal: AbortSignal): Promise<Recognised | null>
}

/** What a provider says about itself is asked for anew after this. */
const metadataKeptMs = 60 * 60_000
/** Longest query that is read: a code and what belongs to it. */
const answerLimitChars = 8192

export function openOidc(values: OidcValues, clock: Clock): OidcMethod {
  const authorities = authoritiesOf(values.tls_ca_file)
  const secret = clientSecretOf(values)
  const authentication = () =>
    ({
      basic: () => client.ClientSecretBasic(secret),
      post: () => client.ClientSecretPost(secret),
      none: () => client.None(),
    })[values.client_authentication]()
  let known: { metadata: client.ServerMetadata; at: number } | null = null

  /** For one step: all that it asks ends with `within`. */
  async function provider(within: AbortSignal): Promise<client.Configuration> {
    const fetch = fetchWith(authorities, within)
    if (!known || clock.now() - known.at > metadataKeptMs) {
      const found = await client.discovery(
        new URL(values.issuer),
        values.client_id,
        undefined,
        client.None(),
        {
          [client.customFetch]: fetch,
          timeout: values.timeout_s,
        },
      )
      known = { metadata: { ...found.serverMetadata() }, at: clock.now() }
    }
    // Without a list in its metadata a provider signs with RS256 (OpenID Connect Discovery 1.0 §3).
    const signed = known.metadata.id_token_signing_alg_values_supported ?? ['RS256']
    const allowed = signed.filter((name) => values.algorithms.some((one) => one === name))
    if (allowed.length === 0) throw new Unreachable('the provider signs with none of the allowed algorithms')
    const configuration = new client.Configuration(
      { ...known.metadata, id_token_signing_alg_values_supported: allowed },
      values.client_id,
      { [client.clockTolerance]: values.clock_tolerance_s },
      authentication(),
    )
    configuration[client.customFetch] = fetch
    configuration.timeout = values.timeout_s
    client.enableNonRepudiationChecks(configuration)
    return configuration
  }

  async function step<T>(
    signal: AbortSignal,
    todo: (configuration: client.Configuration) => Promise<T>,
  ): Promise<T> {
    try {
      const within = AbortSignal.any([signal, AbortSignal.timeout(values.timeout_s * 1000)])
      return await todo(await provider(within))
    } catch (error) {
      if (error instanceof Problem) throw error
      throw new Problem(
        'unavailable',
        `Signing in at ${values.issuer} failed: ${reasonOf(error)}`,
        'Look whether the provider runs, its certificate is valid, and [[sign_in.oidc]] has what it gave to this client.',
        { source: `oidc ${values.label}` },
      )
    }
  }

  return {
    label: values.label,

    begin: (redirectUri, signal) =>
      step(signal, async (configuration) => {
        const pending: Pending = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
          redirectUri,
          startedAt: clock.now(),
        }
        const url = client.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: values.scopes.join(' '),
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
          code_challenge_method: 'S256',
          ...(values.prompt === '' ? {} : { prompt: values.prompt }),
        })
        return { url: url.href, pending }
      }),

    async finish(parameters, pending, signal) {
      const age = clock.now() - pending.startedAt
      const late = age < 0 || age > values.sign_in_minutes * 60_000
      if (late || !isSame(parameters.get('state') ?? '', pending.state)) throw beginAgain()
      if (String(parameters).length > answerLimitChars) throw beginAgain()
      return await step(signal, async (configuration) => {
        const claims = await claimsOf(configuration, parameters, pending)
        return claims && recognised(claims, values)
      })
    },
  }
}

const beginAgain = () =>
  new Problem('invalid', 'This sign-in took too long, or was begun in another window.', 'Sign in again.')

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && a.length > 0 && timingSafeEqual(a, b)
}

type Claims = Record<string, unknown>

/** The claims of the ID token and, when it has no `email`, those of the provider's page about the user. */
async function claimsOf(
  configuration: client.Configuration,
  parameters: URLSearchParams,
  pending: Pending,
): Promise<Claims[] | null> {
  const url = new URL(pending.redirectUri)
  url.search = String(parameters)
  let tokens: Awaited<ReturnType<typeof client.authorizationCodeGrant>>
  try {
    tokens = await client.authorizationCodeGrant(configuration, url, {
      pkceCodeVerifier: pending.verifier,
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      idTokenExpected: true,
    })
  } catch (error) {
    // The provider, or the person, said no.
    if (error instanceof client.AuthorizationResponseError && refusals.has(error.error)) return null
    // The code was used before, or is too old (RFC 6749 §5.2).
    if (error instanceof client.ResponseBodyError && error.error === 'invalid_grant') throw beginAgain()
    throw error
  }
  const inToken = tokens.claims()
  if (!inToken) throw new Unreachable('the provider sent no ID token')
  if (inToken.email !== undefined || !configuration.serverMetadata().userinfo_endpoint) return [inToken]
  return [inToken, await client.fetchUserInfo(configuration, tokens.access_token, inToken.sub)]
}

const refusals = new Set(['access_denied', 'login_required', 'interaction_required', 'consent_required'])

function recognised(all: readonly Claims[], values: OidcValues): Recognised | null {
  // An address and whether it was verified are believed from one place only.
  const said = all.find(({ email }) => email !== undefined)
  const verified =
    said?.email_verified === true || said?.email_verified === 'true' || values.trust_unverified_email
  const email = verified && typeof said?.email === 'string' && isAddress(said.email) ? [said.email] : []
  const more =
    values.address_claim === '' ? [] : all.flatMap((claims) => textsIn(claims[values.address_claim]))
  const { domains } = values
  const addresses = addressesAmong([...email, ...more]).filter(
    (address) => domains.length === 0 || domains.includes(domainOf(address)),
  )
  const name = email.find((address) => addresses.includes(address)) ?? addresses[0]
  if (name === undefined) return null
  const [display = ''] = all.flatMap((claims) => textsIn(claims.name))
  return { name, display: displayOf(display), addresses, source: `oidc ${values.label}` }
}

const textsIn = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim.slice(0, 1000) : [claim]).filter((value) => typeof value === 'string')

/** Codes and names only: descriptions are the provider's text, and may repeat what it was sent. */
function reasonOf(error: unknown): string {
  if (error instanceof client.WWWAuthenticateChallengeError)
    return `it does not know this client (${error.status})`
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth++) {
    if (one instanceof Unreachable || one.name === 'TimeoutError' || one.name === 'AbortError')
      return faultOf(one)
    for (const word of ['error', 'code'])
      if (word in one) {
        const value = Reflect.get(one, word)
        if (typeof value === 'string' && /^[A-Za-z0-9_]{1,60}$/.test(value) && value !== 'ABORT_ERR')
          return value
      }
  }
  return 'its answer cannot be understood'
}
