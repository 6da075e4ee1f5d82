/**
 * Which servers a method asks: the keys that all methods share, and the way through several servers of one kind. They are
 * tried in order when one cannot be asked; one that answered is believed, whatever it said.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Problem } from '../../problem.ts'
import { faultOf, type Place, Unreachable } from './wire.ts'

/** `host`, `host:port`, `[2001:db8::1]:636`. */
const serverPattern = /^(?:\[([0-9A-Fa-f:.]{2,60})\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?$/

/** Longest name and password that a server is asked about; longer ones are wrong. */
export const nameLimitChars = 320
const passwordLimitBytes = 1024

export const serverKeys = {
  /** Of several tables of a kind, which; recorded with sessions. */
  label: z.string().trim().max(60).default(''),
  servers: z
    .array(
      z
        .string()
        .regex(serverPattern, 'write host or host:port, an IPv6 address in brackets')
        .refine((text) => {
          const port = serverPattern.exec(text)?.[3]
          return port === undefined || (Number(port) > 0 && Number(port) < 65_536)
        }, 'a port is a number from 1 to 65535'),
    )
    .min(1, 'name at least one server')
    .max(10),
  tls: z.enum(['implicit', 'starttls', 'none']).default('implicit'),
  tls_verify: z.boolean().default(true),
  tls_ca_file: z.string().max(4096).default(''),
  connect_timeout_s: z.number().min(0.01).max(60).default(5),
  timeout_s: z.number().min(0.01).max(120).default(15),
}

export const serverDoc = `label: tells several tables of a kind apart.
servers = ["host", "host:port"]: the next is asked when one cannot be.
tls: implicit (default); starttls (never without); none: in the clear, for a server on this machine.
tls_verify = true; tls_ca_file: PEM of the authorities to trust instead of the usual ones.
connect_timeout_s = 5 for each server; timeout_s = 15 for the whole attempt.`

export interface ServerValues {
  label: string
  servers: string[]
  tls: Place['tls']
  tls_verify: boolean
  tls_ca_file: string
  connect_timeout_s: number
  timeout_s: number
}

/** @throws Problem 'invalid' when the file cannot be read. */
export function placesOf(values: ServerValues, ports: Record<Place['tls'], number>): Place[] {
  const authorities = authoritiesOf(values.tls_ca_file)
  return values.servers.map((server) => {
    const [, ip, name, port] = serverPattern.exec(server) ?? []
    return {
      host: ip ?? name ?? server,
      port: port === undefined ? ports[values.tls] : Number(port),
      tls: values.tls,
      verify: values.tls_verify,
      authorities,
      connectTimeoutMs: values.connect_timeout_s * 1000,
    }
  })
}

/** Undefined for the usual ones. @throws Problem 'invalid' */
export function authoritiesOf(file: string): string | undefined {
  if (file === '') return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Problem(
      'invalid',
      `tls_ca_file cannot be read: ${faultOf(error)}`,
      'Name a readable PEM file, or leave it empty.',
      { file },
    )
  }
}

/** Asks one after another until one can answer. @throws Problem 'unavailable' when none can; it names what each failed of. */
export async function firstAnswer<T>(
  source: string,
  places: readonly Place[],
  signal: AbortSignal,
  ask: (place: Place) => Promise<T>,
): Promise<T> {
  const faults: string[] = []
  for (const place of places) {
    try {
      return await ask(place)
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      faults.push(`${place.host}:${place.port}: ${error.message}`)
    }
    if (signal.aborted) break
  }
  throw new Problem(
    'unavailable',
    `${source} cannot be asked: ${faults.join('; ')}`,
    'Look whether the server runs, its certificate is valid, and [sign_in] names it rightly.',
    { source },
  )
}

/**
 * Fit to be asked about at all. The empty password is refused here too, whoever calls: to a directory it would mean
 * "nobody in particular", and succeed (RFC 4513 §5.1.2).
 */
export const canBeAsked = (name: string, password: string): boolean =>
  name.trim() !== '' &&
  name.length <= nameLimitChars &&
  name.isWellFormed() &&
  password !== '' &&
  password.isWellFormed() &&
  Buffer.byteLength(password) <= passwordLimitBytes
