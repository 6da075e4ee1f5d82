/**
 * A next hop for tests: a small SMTP/LMTP server that keeps what it gets, byte by byte, and misbehaves where a test says
 * so. Strict where it counts: only CRLF.CRLF ends DATA, and a command with anything odd in it is recorded as it came.
 */
import { createServer, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'

/** A key that protects nothing: it is the fake server's, valid for `localhost`. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgeNQ2XtqIr9gmWoxV
dEkC3cVhpLyyOSjwolLXLJxo4u+hRANCAARsuLIQ16/TeWAa/pOUVtTuKeKwd8kx
Hh7tZzOow+XQK/9hQvUCmDpORMGfag0CsqqKC34h8VzQbG2xTet2suyP
-----END PRIVATE KEY-----`
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUA8eiT3jbH07wFPpvReqtjEi4PIUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzIyNTc0MloYDzIxMjYxMDMw
MjI1NzQyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARsuLIQ16/TeWAa/pOUVtTuKeKwd8kxHh7tZzOow+XQK/9hQvUCmDpO
RMGfag0CsqqKC34h8VzQbG2xTet2suyPo2kwZzAdBgNVHQ4EFgQULMDxKxbCHLB4
VDmIQ5RmhVKwaxIwHwYDVR0jBBgwFoAULMDxKxbCHLB4VDmIQ5RmhVKwaxIwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAPMyeBTWto7r8q1qEiiqGcxAEEEVdZKQOXnUd+SjrzvgAiEA0Xg8pFai
uaaPRDioG7mIVoKIT9q+oMXp1lqiCp0eqjg=
-----END CERTIFICATE-----`

export interface FakeMail {
  sender: string
  recipients: string[]
  bytes: Buffer
  connection: number
}

/**
 * What a test can say about a step (`connect`, `EHLO`, `MAIL`, `RCPT`, `DATA`, `BDAT`, `.`, `RSET` …): the lines to
 * answer, or `hang` (never answer), `close` (end the connection); undefined for what a good server says.
 */
export type Answer = string | 'hang' | 'close' | undefined

export interface Script {
  offers?: string[]
  lmtp?: boolean
  /** `count`: how often this step has happened, from 1, over all connections. */
  answer?: (step: string, line: string, count: number) => Answer
}

export interface FakeHop extends AsyncDisposable {
  port: number
  mails: FakeMail[]
  commands: string[]
  /** Connections made so far. */
  connections: number
  script: Script
}

export async function fakeHop(script: Script = {}): Promise<FakeHop> {
  const sockets = new Set<Socket>()
  const counts = new Map<string, number>()
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    new Session(hop, socket, ++hop.connections, counts)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const hop: FakeHop = {
    port: typeof address === 'object' && address ? address.port : 0,
    mails: [],
    commands: [],
    connections: 0,
    script,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return hop
}

const end = Buffer.from('\r\n.\r\n')

class Session {
  readonly #hop: FakeHop
  readonly #number: number
  readonly #counts: Map<string, number>
  #socket: Socket
  #input: Buffer = Buffer.alloc(0)
  #mode: 'command' | 'data' | number = 'command'
  #last = false
  #sender = ''
  #recipients: string[] = []
  #body: Buffer[] = []

  constructor(hop: FakeHop, socket: Socket, number: number, counts: Map<string, number>) {
    this.#hop = hop
    this.#number = number
    this.#counts = counts
    this.#socket = socket
    this.#listen(socket)
    this.#answer('connect', '', '220 fake.example ready')
  }

  #listen(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes: Buffer) => {
      this.#input = Buffer.concat([this.#input, bytes])
      while (socket.listenerCount('data') > 0 && this.#step()) {}
    })
  }

  /** Whether there may be more to do with what came in. */
  #step(): boolean {
    if (this.#mode === 'data') {
      // The CRLF of the DATA line counts: an empty message ends at once.
      const at = this.#input.indexOf(end)
      if (at < 0) return false
      const raw = this.#input.subarray(2, at + 2)
      this.#input = this.#input.subarray(at + end.length)
      this.#body = [Buffer.from(raw.toString('latin1').replace(/(^|\r\n)\./g, '$1'), 'latin1')]
      this.#mode = 'command'
      this.#complete('.')
      return true
    }
    if (typeof this.#mode === 'number') {
      if (this.#input.length < this.#mode) return false
      this.#body.push(this.#input.subarray(0, this.#mode))
      this.#input = this.#input.subarray(this.#mode)
      this.#mode = 'command'
      if (this.#last) this.#complete('BDAT')
      else this.#answer('BDAT', '', '250 2.0.0 go on')
      return true
    }
    const at = this.#input.indexOf('\r\n')
    if (at < 0) return false
    const line = this.#input.toString('utf8', 0, at)
    this.#input = this.#input.subarray(at + 2)
    this.#hop.commands.push(line)
    this.#command(line)
    return !this.#socket.destroyed
  }

  #command(line: string): void {
    const [verb = '', ...words] = line.split(' ')
    const path = /<(.*?)>(?: |$)/.exec(line)?.[1] ?? ''
    if (verb === 'EHLO' || verb === 'LHLO') {
      const offers = this.#hop.script.offers ?? ['PIPELINING', '8BITMIME']
      const lines = [
        'fake.example',
        ...offers.filter((o) => o !== 'STARTTLS' || !(this.#socket instanceof TLSSocket)),
      ]
      this.#answer(
        verb,
        line,
        lines.map((text, i) => `250${i === lines.length - 1 ? ' ' : '-'}${text}`).join('\r\n'),
      )
    } else if (verb === 'MAIL') {
      if (this.#answer(verb, line, '250 2.1.0 sender ok')) [this.#sender, this.#recipients] = [path, []]
    } else if (verb === 'RCPT') {
      if (this.#answer(verb, line, '250 2.1.5 recipient ok')) this.#recipients.push(path)
    } else if (verb === 'DATA') {
      if (this.#answer(verb, line, this.#recipients.length > 0 ? '354 go' : '554 5.5.1 no recipients')) {
        this.#mode = 'data'
        this.#input = Buffer.concat([Buffer.from('\r\n'), this.#input])
      }
    } else if (verb === 'BDAT') {
      this.#mode = Number(words[0])
      this.#last = words[1] === 'LAST'
    } else if (verb === 'STARTTLS') {
      if (this.#answer(verb, line, '220 go ahead')) this.#secure()
    } else if (verb === 'QUIT') this.#socket.end('221 bye\r\n')
    else this.#answer(verb, line, '250 2.0.0 ok')
  }

  #complete(step: string): void {
    const bytes = Buffer.concat(this.#body)
    this.#body = []
    const each = this.#hop.script.lmtp ? this.#recipients : [this.#recipients[0] ?? '']
    const taken = each.filter((address) => this.#answer(step, address, '250 2.0.0 kept'))
    if (taken.length === 0) return
    const recipients = this.#hop.script.lmtp ? taken : this.#recipients
    this.#hop.mails.push({ sender: this.#sender, recipients, bytes, connection: this.#number })
  }

  /** True when the server said yes. */
  #answer(step: string, line: string, good: string): boolean {
    const count = (this.#counts.get(step) ?? 0) + 1
    this.#counts.set(step, count)
    const answer = this.#hop.script.answer?.(step, line, count) ?? good
    if (answer === 'close') this.#socket.destroy()
    else if (answer === 'hang') this.#socket.removeAllListeners('data')
    else this.#socket.write(answer.endsWith('\n') ? answer : `${answer}\r\n`)
    return /^[23]/.test(answer)
  }

  #secure(): void {
    const plain = this.#socket
    plain.removeAllListeners('data')
    this.#input = Buffer.alloc(0)
    this.#socket = new TLSSocket(plain, {
      isServer: true,
      secureContext: createSecureContext({ key, cert: certificate }),
    })
    this.#listen(this.#socket)
  }
}
