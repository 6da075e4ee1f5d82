/**
 * Signing in by logging on to an IMAP server (RFC 3501, RFC 9051), no further than that. PLAIN with SASL-IR where it is
 * offered (RFC 4616, RFC 4959), else LOGIN with quoted strings or literals. A NO tells a wrong password from a server in
 * trouble by its response code (RFC 5530).
 */
import { z } from 'zod'
import { addressOf } from './addresses.ts'
import type { SignInMethod } from './method.ts'
import { canBeAsked, firstAnswer, placesOf, serverDoc, serverKeys } from './servers.ts'
import { type Place, Unreachable, Wire } from './wire.ts'

const domain = z.string().trim().toLowerCase().min(1).max(253)
/** Keys of the methods that ask a mail server. */
export const mailServerKeys = {
  ...serverKeys,
  domains: z.array(domain).min(1, 'name the mail domains of the people on this server').max(1000),
  login: z.enum(['address', 'local']).default('address'),
}
export const mailServerDoc =
  'domains: mail domains whose people may sign in; the first is meant when a name has none.\n' +
  'login: what the server knows people by, "address" (default) or "local", the part before the @.\n' +
  `  With "local" name one domain only, unless the same name is the same person in all.\n${serverDoc}`

export const imapSchema = z.strictObject(mailServerKeys)
export const imapDoc = `IMAP servers; one [[sign_in.imap]] table each.
Dovecot slows down an address from which wrong passwords come, and everybody comes from ours: exempt it
there (anvil-auth-penalty); wrong passwords are throttled here as well.
${mailServerDoc}`

/** Lines that may come before the answer to a command. */
const linesLimit = 100

/** RFC 5530: about the person. Without a code it is the password (RFC 3501 §6.2.3). */
const personal = new Set(['', 'AUTHENTICATIONFAILED', 'AUTHORIZATIONFAILED', 'EXPIRED', 'NOPERM', 'ALERT'])

export function openImap(values: z.infer<typeof imapSchema>): SignInMethod {
  const places = placesOf(values, { implicit: 993, starttls: 143, none: 143 })
  const source = values.label === '' ? 'imap' : `imap ${values.label}`
  return {
    kind: 'imap',
    async check(name, password, signal) {
      const address = addressOf(name, values.domains)
      if (address === null || !canBeAsked(name, password) || password.includes('\0')) return null
      const login = values.login === 'local' ? address.slice(0, address.lastIndexOf('@')) : address
      const within = AbortSignal.any([signal, AbortSignal.timeout(values.timeout_s * 1000)])
      const right = await firstAnswer(source, places, within, (place) =>
        logIn(place, login, password, within),
      )
      return right ? { name: address, display: '', addresses: [address], source } : null
    },
  }
}

async function logIn(place: Place, login: string, password: string, signal: AbortSignal): Promise<boolean> {
  const wire = await Wire.open(place, signal)
  try {
    return await new Session(wire).logIn(place.tls === 'starttls', login, password)
  } finally {
    wire.close('z LOGOUT\r\n')
  }
}

interface Answer {
  word: 'OK' | 'NO' | 'BAD' | '+'
  /** Of the bracketed response code, its first word. */
  code: string
}

const tagged = /^(\S+) (OK|NO|BAD)(?: \[([A-Z0-9-]+)[^\]]*\])?(?: .*)?$/is

class Session {
  readonly #wire: Wire
  #tags = 0
  #tag = ''
  #offered = new Set<string>()

  constructor(wire: Wire) {
    this.#wire = wire
  }

  async logIn(startTls: boolean, login: string, password: string): Promise<boolean> {
    await this.#greeting()
    await this.#capabilities()
    if (startTls) {
      if (!this.#offered.has('STARTTLS')) throw new Unreachable('the server offers no STARTTLS')
      await this.#must('STARTTLS')
      await this.#wire.startTls()
      await this.#capabilities() // what was said in the clear does not count (RFC 3501 §6.2.1)
    }
    return this.#offered.has('AUTH=PLAIN')
      ? await this.#plain(login, password)
      : await this.#login(login, password)
  }

  async #greeting(): Promise<void> {
    const line = await this.#wire.line()
    // PREAUTH proves nothing about anybody's password, and would keep us from STARTTLS.
    if (!/^\* OK\b/i.test(line)) throw new Unreachable('the server does not greet with OK')
  }

  async #capabilities(): Promise<void> {
    this.#offered = new Set()
    await this.#must('CAPABILITY')
  }

  async #must(command: string): Promise<void> {
    this.#send(command)
    const { word } = await this.#answer()
    if (word !== 'OK') throw new Unreachable(`the server refused ${command}`)
  }

  #send(command: string): void {
    this.#tag = `a${++this.#tags}`
    this.#wire.write(`${this.#tag} ${command}\r\n`)
  }

  async #plain(login: string, password: string): Promise<boolean> {
    const response = Buffer.from(`\0${login}\0${password}`).toString('base64')
    if (this.#offered.has('SASL-IR')) this.#send(`AUTHENTICATE PLAIN ${response}`)
    else {
      this.#send('AUTHENTICATE PLAIN')
      const first = await this.#answer()
      if (first.word !== '+') return verdict(first)
      this.#wire.write(`${response}\r\n`)
    }
    return verdict(await this.#answer())
  }

  async #login(login: string, password: string): Promise<boolean> {
    if (this.#offered.has('LOGINDISABLED')) throw new Unreachable('the server forbids LOGIN here')
    const pieces = loginPieces(login, password)
    this.#send(pieces[0] ?? '')
    for (const piece of pieces.slice(1)) {
      const answer = await this.#answer()
      if (answer.word !== '+') return verdict(answer)
      this.#wire.write(`${piece}\r\n`)
    }
    return verdict(await this.#answer())
  }

  /** The answer to the last command, or the server's word to go on. */
  async #answer(): Promise<Answer> {
    for (let lines = 0; lines < linesLimit; lines++) {
      const line = await this.#wire.line()
      if (line === '+' || line.startsWith('+ ')) return { word: '+', code: '' }
      if (line.startsWith('* ')) {
        // A literal would hide lines of any kind; no untagged answer before the log-in has one.
        if (/\{\d+\+?\}$/.test(line)) throw new Unreachable('the server sent a literal unasked')
        if (/^\* BYE\b/i.test(line)) throw new Unreachable('the server said BYE')
        const [, list] = /^\* CAPABILITY (.*)$/i.exec(line) ?? []
        if (list !== undefined) this.#offered = new Set(list.toUpperCase().split(' '))
        continue
      }
      const [, tag, word, code] = tagged.exec(line) ?? []
      if (tag !== this.#tag || word === undefined) throw new Unreachable('the server does not speak IMAP')
      return { word: word.toUpperCase() as Answer['word'], code: (code ?? '').toUpperCase() }
    }
    throw new Unreachable('the server says far more than it was asked')
  }
}

function verdict({ word, code }: Answer): boolean {
  if (word === 'OK') return true
  if (word === 'NO' && personal.has(code)) return false
  throw new Unreachable(
    word === 'NO'
      ? `the server answered NO with the code ${code.slice(0, 40)}`
      : `the server answered ${word}`,
  )
}

/**
 * LOGIN with each string quoted where that can carry it, otherwise as a literal (RFC 3501 §4.3): before the bytes of a
 * literal the server must say that it waits for them, hence the pieces.
 */
function loginPieces(...strings: string[]): string[] {
  const pieces: string[] = []
  let piece = 'LOGIN'
  for (const text of strings) {
    if (/^[ -~]*$/.test(text)) piece += ` "${text.replace(/["\\]/g, '\\$&')}"`
    else {
      pieces.push(`${piece} {${Buffer.byteLength(text)}}`)
      piece = text
    }
  }
  return [...pieces, piece]
}
