/**
 * What an OpenID provider is asked over https: authorities of our own choice, one signal with its deadline, no
 * redirects, answers of bounded size.
 */
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import type { CustomFetch } from 'openid-client'
import { Unreachable } from './wire.ts'

/** Metadata and keys of a provider, tokens: some kilobytes. */
const answerLimitBytes = 512 * 1024

/** A fetch as openid-client takes it; every request ends when `signal` does. */
export function fetchWith(authorities: string | undefined, signal: AbortSignal): CustomFetch {
  return async (url, { method, headers, body, signal: own }) => {
    if (new URL(url).protocol !== 'https:')
      throw new Unreachable('the provider names an address without https')
    const within = own ? AbortSignal.any([signal, own]) : signal
    const sent = body instanceof ReadableStream ? await text(body) : body
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const asked = request(
      url,
      { method, headers, signal: within, ca: authorities, agent: false, minVersion: 'TLSv1.2' },
      (answer) => {
        const chunks: Buffer[] = []
        let bytes = 0
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          chunks.push(chunk)
          if (bytes > answerLimitBytes)
            asked.destroy(new Unreachable('the provider answers with more than 512 KB'))
        })
        answer.on('error', reject)
        answer.on('end', () => {
          const status = answer.statusCode ?? 0
          if (status < 200 || status > 599) return reject(new Unreachable('the provider does not speak HTTP'))
          const pairs = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
            values.map((value): [string, string] => [name, value]),
          )
          const empty = [204, 205, 304].includes(status)
          resolve(new Response(empty ? null : Buffer.concat(chunks), { status, headers: pairs }))
        })
      },
    )
    asked.on('error', reject)
    if (sent === undefined || sent === null) asked.end()
    else asked.end(bytesOf(sent))
    return await promise
  }
}

const bytesOf = (body: string | URLSearchParams | ArrayBuffer | Uint8Array): Uint8Array =>
  typeof body === 'string' || body instanceof URLSearchParams
    ? new TextEncoder().encode(String(body))
    : new Uint8Array(body)
