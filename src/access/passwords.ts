/**
 * Passwords, kept as argon2id (RFC 9106) with their parameters, in the usual `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, so
 * that parameters can be raised later. Few are computed at a time: each takes its memory and a core for a moment; who
 * finds the queue full is told to come again.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { Problem } from '../problem.ts'

interface Cost {
  memoryKib: number
  passes: number
  parallelism: number
}

/** What OWASP gives as the least for argon2id; about 50 ms of a core. */
let cost: Cost = { memoryKib: 19_456, passes: 2, parallelism: 1 }
const tagBytes = 32
export const passwordMinChars = 10
export const passwordMaxChars = 500

/** @throws Problem 'invalid' when the password is no good for this account. */
export function checkNewPassword(password: string, name: string): void {
  const chars = [...password].length
  const refuse = (what: string) => {
    throw new Problem('invalid', what, 'A sentence of four or five words is long enough and easy to keep.', {
      field: 'password',
    })
  }
  if (chars < passwordMinChars)
    refuse(`The password has ${chars} characters; it takes at least ${passwordMinChars}.`)
  if (chars > passwordMaxChars)
    refuse(`The password has ${chars} characters; it may have at most ${passwordMaxChars}.`)
  if (new Set(password).size < 4) refuse('The password repeats fewer than four different characters.')
  if (password.toLowerCase() === name.toLowerCase()) refuse('The password is the name of the account.')
}

/** For tests that are not about the hash: from here on it costs next to nothing, and withstands nobody. */
export function hashCheaply(): void {
  cost = { memoryKib: 8, passes: 1, parallelism: 1 }
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const tag = await derive(password, salt, cost, tagBytes)
  return written(cost, salt, tag)
}

const written = ({ memoryKib, passes, parallelism }: Cost, salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${base64(salt)}$${base64(tag)}`

/** A hash that no password fits, at the same cost: for names that nobody has. */
const nobody = (): string => written(cost, randomBytes(16), randomBytes(tagBytes))

/** Takes the same time for an account that does not exist (null) or is disabled. */
export async function passwordFits(password: string, hash: string | null): Promise<boolean> {
  const { salt, tag, ...its } = parse(hash ?? nobody())
  // Longer ones cannot have been set; their hash would only cost.
  const given = await derive(password.slice(0, 4 * passwordMaxChars), salt, its, tag.length)
  return timingSafeEqual(given, tag) && hash !== null
}

function parse(hash: string): Cost & { salt: Buffer; tag: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash)
  if (!match) throw new Error('a password hash of the store cannot be read')
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  return {
    memoryKib: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}

const atOnce = 2
const queueLimit = 50
let running = 0
const queue: (() => void)[] = []

async function derive(
  password: string,
  salt: Buffer,
  { memoryKib, passes, parallelism }: Cost,
  tagLength: number,
): Promise<Buffer> {
  if (running >= atOnce) {
    if (queue.length >= queueLimit)
      throw new Problem(
        'unavailable',
        'Too many people are signing in at this moment.',
        'Try again shortly.',
        {
          retryAfterS: 5,
        },
      )
    await new Promise<void>((resolve) => queue.push(resolve))
  } else running++
  try {
    return await new Promise<Buffer>((resolve, reject) =>
      argon2(
        'argon2id',
        {
          // RFC 8265: however it was typed, the same characters are the same password.
          message: password.normalize('NFC'),
          nonce: salt,
          memory: memoryKib,
          passes,
          parallelism,
          tagLength,
        },
        (error, tag) => (error ? reject(error) : resolve(tag)),
      ),
    )
  } finally {
    const next = queue.shift()
    if (next) next()
    else running--
  }
}

/** 100 random bits in groups that can be read out and typed. */
export function randomPassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
  const chars: string[] = []
  while (chars.length < 20)
    // Bytes above a whole number of alphabets are left out: all letters are equally likely.
    for (const byte of randomBytes(32))
      if (byte < 248 && chars.length < 20) chars.push(alphabet[byte % 31] as string)
  return (chars.join('').match(/.{5}/g) ?? []).join('-')
}
