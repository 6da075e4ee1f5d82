/**
 * The way from the command line to the server's API: where it is and which key opens it. On the server's own machine
 * both stand in `cli.key` of the data directory, which only its owner can read; elsewhere --url and --key say so.
 * Failures are ApiError in the server's own words, or Unreachable.
 */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { type Client, createClient, type Transport } from '../api/client.ts'
import { httpsTransport } from '../api/transport.ts'
import { type LocalServer, readLocalServer } from '../app/local-key.ts'
import { environmentSettings, loadConfig } from '../config.ts'
import { Problem } from '../problem.ts'
import { pinnedTransport } from './pinned-transport.ts'

/** Nobody answers there. */
export class Unreachable extends Error {}

export interface RemoteOptions {
  url?: string
  key?: string
  ca?: string
  config?: string
  json?: boolean
}

/** The options of every command that talks to a server. */
export function remote(command: Command): Command {
  return command
    .option('--json', 'for programs')
    .option(
      '--url <url>',
      'the server, e.g. https://quarantine.example:8445 (LAZARET_URL); otherwise the one of this machine',
    )
    .option('--key <key>', 'API key (LAZARET_KEY); needed with --url')
    .option('--ca <file>', 'PEM file with the certificate to trust, for a self-signed one')
    .option('--config <file>', "the server's configuration file, to find its data directory")
}

/** @throws Problem 'invalid' or 'forbidden', Unreachable when no server has left its address. */
export function connect(options: RemoteOptions): Client {
  const environment = environmentSettings()
  const url = options.url ?? environment.url
  if (!url) return connectIn(loadConfig(options.config).dataDir, options.key)
  const key = options.key ?? environment.key
  if (!key)
    throw new Problem(
      'invalid',
      'An API key is needed.',
      'Give --key or LAZARET_KEY; make one with: lazaret key add',
    )
  if (!/^https:\/\/[^/]+\/?$/.test(url))
    throw new Problem('invalid', `${url} is no server address.`, 'Write https://host:port')
  const transport = httpsTransport({ ca: options.ca ? readPem(options.ca) : undefined })
  return createClient({ url, key, transport: reaching(transport, url, '') })
}

/** The server that runs on this data directory. */
export function connectIn(dataDir: string, otherKey?: string): Client {
  const { key, url, fingerprint } = localServer(dataDir)
  const hint = ' Is the server running? Start it with: lazaret serve'
  const transport = reaching(pinnedTransport(fingerprint), url, hint)
  return createClient({ url, key: otherKey ?? key, transport })
}

function localServer(dataDir: string): LocalServer {
  try {
    const found = readLocalServer(dataDir)
    if (found) return found
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error
    const remedy = 'Use the account that Lazaret runs as, or --url and --key.'
    throw new Problem('forbidden', `${dataDir} may not be read by you.`, remedy)
  }
  throw new Unreachable(
    `No server has run on ${dataDir} yet. Start it with: lazaret serve. For another machine give --url and --key.`,
  )
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Problem(
      'invalid',
      `${path} cannot be read: ${(error as Error).message}.`,
      '--ca takes a PEM file.',
    )
  }
}

/** Says in words why there is no answer. */
function reaching(transport: Transport, url: string, hint: string): Transport {
  return async (request) => {
    try {
      const answer = await transport(request)
      return { ...answer, body: unbroken(answer.body, url) }
    } catch (error) {
      throw new Unreachable(`${url} cannot be reached: ${reasonOf(error as NodeJS.ErrnoException)}.${hint}`)
    }
  }
}

/** An answer that breaks off is as good as none. */
async function* unbroken(body: AsyncIterable<Uint8Array>, url: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch (error) {
    throw new Unreachable(
      `${url} broke off in the middle of its answer: ${reasonOf(error as NodeJS.ErrnoException)}. Its log may say why.`,
    )
  }
}

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (/SELF_SIGNED/.test(code))
    return 'its certificate is self-signed: copy tls-cert.pem from its data directory and give it with --ca'
  return message || code || 'unknown error'
}
