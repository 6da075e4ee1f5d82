/**
 * Signing in at an OpenID provider, in two steps: both are changes that a page of ours asks for, so that no link that
 * somebody is made to follow signs him in. What belongs to the first step is in a cookie of this browser alone.
 */
import { readPending, writePending } from '../../access/signin/oidc.ts'
import { Problem } from '../../problem.ts'
import { sessionCookie } from '../caller.ts'
import { providerCookie } from './cookie.ts'
import { baseUrl } from './options.ts'
import type { EuqHandlers, EuqParts } from './parts.ts'
import { begin } from './session.ts'

/** Longer than any provider may take; how long it may is checked with the answer. */
const cookieLifeS = 7200

export function providerHandlers(parts: EuqParts): EuqHandlers<'beginAtProvider' | 'finishAtProvider'> {
  const { deps, options, sessions } = parts
  const signal = () => AbortSignal.timeout(options.request_timeout_s * 1000)
  return {
    async beginAtProvider({ body, header }) {
      const provider = deps.providers[body.provider]
      if (!provider)
        throw new Problem('not-found', 'There is no such provider.', 'GET /api/v1/my/entrance lists them.')
      const { url, pending } = await provider.begin(`${baseUrl(options)}/sign-in/provider`, signal())
      const kept = `${body.provider}.${writePending(pending)}`
      header('set-cookie', sessionCookie(providerCookie, kept, cookieLifeS))
      return { url }
    },
    async finishAtProvider({ body, origin, token, cookie, header }) {
      const [, number = '', text = ''] = /^(\d{1,3})\.([\w-]+)$/.exec(cookie(providerCookie) ?? '') ?? []
      const provider = deps.providers[Number(number)]
      const pending = readPending(text)
      if (number === '' || !provider || !pending)
        throw new Problem('invalid', 'This browser has begun no sign-in at a provider.', 'Sign in again.')
      header('set-cookie', sessionCookie(providerCookie, null, 0))
      const recognised = await provider.finish(new URLSearchParams(body.answer), pending, signal())
      if (!recognised)
        throw new Problem(
          'unauthenticated',
          'The provider did not let you in, or does not say whose mail is yours.',
          'Try again, or ask an administrator.',
        )
      const before = token === null ? {} : { before: token }
      return await begin(parts, await sessions.signInAs(recognised, { origin, ...before }), header)
    },
  }
}
