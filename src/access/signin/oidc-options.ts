/** What can be set about an OpenID provider at which people sign in. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Problem } from '../../problem.ts'
import { faultOf } from './wire.ts'

/** Signatures with keys that only the provider has (RFC 7518, RFC 8037): never `none`, never our own secret. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const

const isHttps = (text: string): boolean => {
  const url = URL.parse(text)
  return url?.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === ''
}

export const oidcSchema = z
  .strictObject({
    label: z.string().trim().min(1).max(60).default('Single sign-on'),
    issuer: z.string().trim().max(2000).refine(isHttps, 'must be an https URL without query and fragment'),
    client_id: z.string().min(1).max(500),
    client_secret: z.string().max(1000).default(''),
    client_secret_file: z.string().max(4096).default(''),
    client_authentication: z.enum(['basic', 'post', 'none']).default('basic'),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'a scope has no blanks and quotes'))
      .max(20)
      .refine((scopes) => scopes.includes('openid'), 'must have openid')
      .default(['openid', 'email', 'profile']),
    prompt: z.enum(['', 'login', 'select_account', 'consent']).default(''),
    algorithms: z.array(z.enum(algorithms)).min(1).max(20).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
    clock_tolerance_s: z.int().min(0).max(600).default(30),
    trust_unverified_email: z.boolean().default(false),
    address_claim: z.string().max(200).default(''),
    domains: z.array(z.string().trim().toLowerCase().min(1).max(253)).max(10_000).default([]),
    tls_ca_file: z.string().max(4096).default(''),
    sign_in_minutes: z.number().min(0.1).max(120).default(10),
    timeout_s: z.number().min(0.01).max(120).default(15),
  })
  .superRefine((values, check) => {
    const secrets = [values.client_secret, values.client_secret_file].filter((secret) => secret !== '').length
    const needed = values.client_authentication === 'none' ? 0 : 1
    if (secrets !== needed)
      check.addIssue({
        code: 'custom',
        path: ['client_secret'],
        message:
          needed === 0
            ? 'client_authentication = "none" has no client_secret'
            : 'give one of client_secret and client_secret_file, or client_authentication = "none"',
      })
  })

export type OidcValues = z.infer<typeof oidcSchema>

export const oidcDoc = `OpenID providers (authorization code flow with PKCE); one [[sign_in.oidc]] table each.
label: on the button; issuer = "https://id.corp.example"; client_id; client_secret or client_secret_file.
client_authentication: basic (default), post, or none for a client without a secret.
scopes = ["openid", "email", "profile"]; prompt: login, select_account, consent, "" as the provider likes.
algorithms = ["RS256", "PS256", "ES256", "EdDSA"] of ID tokens; clock_tolerance_s = 30.
Whose mail a person sees: email, when the provider says email_verified (trust_unverified_email = true for
  one that verifies but does not say so), and address_claim, a claim with one or a list of them, such as
  "aliases". Name none that people may write themselves. domains: only addresses in these count; empty: all
  do; name them for a provider that others use as well.
tls_ca_file: PEM of the authorities to trust instead of the usual ones.
sign_in_minutes = 10: so long it may take; timeout_s = 15 for what is asked of the provider in one step.`

/** '' without one. @throws Problem 'invalid' when its file cannot be read. */
export function clientSecretOf({ client_secret, client_secret_file: file }: OidcValues): string {
  if (file === '') return client_secret
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Problem(
      'invalid',
      `client_secret_file cannot be read: ${faultOf(error)}`,
      'Name a readable file with the secret that the provider gave to this client.',
      { file },
    )
  }
}
