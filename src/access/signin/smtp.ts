/**
 * Signing in by SMTP AUTH (RFC 4954) at a submission server, no further than that: PLAIN (RFC 4616), or LOGIN where only
 * that is offered. 535 is a wrong password; everything else that is no 235 is a server that cannot be asked, such as 454
 * when what stands behind it is down.
 */
import { z } from 'zod'
import { addressOf } from './addresses.ts'
import { mailServerDoc, mailServerKeys } from './imap.ts'
import type { SignInMethod } from './method.ts'
import { canBeAsked, firstAnswer, placesOf } from './servers.ts'
import { type Place, Unreachable, Wire } from './wire.ts'

export const smtpSchema = z.strictObject({
  ...mailServerKeys,
  helo_name: z
    .string()
    .max(255)
    .regex(/^[A-Za-z0-9.:[\]-]+$/, 'write a host name')
    .default('localhost'),
})
export const smtpDoc = `Submission servers with SMTP AUTH; one [[sign_in.smtp]] table each.\nhelo_name: what we call ourselves in EHLO, "localhost" by default.\n${mailServerDoc}`

/** Lines of one reply. */
const linesLimit = 100

/** Wrong name or password (RFC 4954 §6); the account is disabled (RFC 7372 aside, as servers write it). */
const personal = new Set([525, 535])

export function openSmtp(values: z.infer<typeof smtpSchema>): SignInMethod {
  const places = placesOf(values, { implicit: 465, starttls: 587, none: 25 })
  const source = values.label === '' ? 'smtp' : `smtp ${values.label}`
  return {
    kind: 'smtp',
    async check(name, password, signal) {
      const address = addressOf(name, values.domains)
      if (address === null || !canBeAsked(name, password) || password.includes('\0')) return null
      const login = values.login === 'local' ? address.slice(0, address.lastIndexOf('@')) : address
      const within = AbortSignal.any([signal, AbortSignal.timeout(values.timeout_s * 1000)])
      const right = await firstAnswer(source, places, within, async (place) => {
        const wire = await Wire.open(place, within)
        try {
          return await authenticate(wire, place, values.helo_name, login, password)
        } finally {
          wire.close('QUIT\r\n')
        }
      })
      return right ? { name: address, display: '', addresses: [address], source } : null
    },
  }
}

interface Reply {
  code: number
  lines: string[]
}

async function authenticate(
  wire: Wire,
  place: Place,
  heloName: string,
  login: string,
  password: string,
): Promise<boolean> {
  const greeting = await reply(wire)
  if (greeting.code !== 220) throw new Unreachable(`the server greets with ${greeting.code}`)
  let offered = await hello(wire, heloName)
  if (place.tls === 'starttls') {
    if (!offered.starttls) throw new Unreachable('the server offers no STARTTLS')
    const answer = await ask(wire, 'STARTTLS')
    if (answer.code !== 220) throw new Unreachable(`the server answered STARTTLS with ${answer.code}`)
    await wire.startTls()
    offered = await hello(wire, heloName) // what was said in the clear does not count (RFC 3207 §4.2)
  }
  if (offered.mechanisms.has('PLAIN')) return await plain(wire, login, password)
  if (offered.mechanisms.has('LOGIN')) return await loginMechanism(wire, login, password)
  throw new Unreachable('the server offers neither AUTH PLAIN nor AUTH LOGIN')
}

async function hello(wire: Wire, name: string): Promise<{ starttls: boolean; mechanisms: Set<string> }> {
  const { code, lines } = await ask(wire, `EHLO ${name}`)
  if (code !== 250) throw new Unreachable(`the server answered EHLO with ${code}`)
  const words = lines.slice(1).map((line) => line.toUpperCase().split(/[ =]+/)) // AUTH=PLAIN: servers of old
  return {
    starttls: words.some(([keyword]) => keyword === 'STARTTLS'),
    mechanisms: new Set(words.filter(([keyword]) => keyword === 'AUTH').flatMap((line) => line.slice(1))),
  }
}

async function plain(wire: Wire, login: string, password: string): Promise<boolean> {
  // On a line of its own after 334: any length, and no server logs it as a command.
  const begun = await ask(wire, 'AUTH PLAIN')
  return begun.code === 334 ? verdict(await ask(wire, base64(`\0${login}\0${password}`))) : verdict(begun)
}

async function loginMechanism(wire: Wire, login: string, password: string): Promise<boolean> {
  const begun = await ask(wire, 'AUTH LOGIN')
  if (begun.code !== 334) return verdict(begun)
  const named = await ask(wire, base64(login))
  return named.code === 334 ? verdict(await ask(wire, base64(password))) : verdict(named)
}

function verdict({ code }: Reply): boolean {
  if (code === 235) return true
  if (personal.has(code)) return false
  throw new Unreachable(`the server answered AUTH with ${code}`)
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')

async function ask(wire: Wire, command: string): Promise<Reply> {
  wire.write(`${command}\r\n`)
  return await reply(wire)
}

async function reply(wire: Wire): Promise<Reply> {
  const lines: string[] = []
  let first = ''
  while (lines.length < linesLimit) {
    const line = await wire.line()
    const [, code = '', mark = '', text = ''] = /^([2-5]\d\d)([ -]?)(.*)$/s.exec(line) ?? []
    if (code === '' || (mark === '' && text !== '') || (first !== '' && code !== first))
      throw new Unreachable('the server does not speak SMTP')
    first = code
    lines.push(text)
    if (mark !== '-') return { code: Number(code), lines }
  }
  throw new Unreachable('the server says far more than it was asked')
}
