/**
 * An SMTP and LMTP client for tests and benches: one command at a time, every reply shown, contents sent as given (CRLF
 * line ends, dot-stuffed here), from memory or as they come. A connection that ends is an error that says what was
 * awaited.
 */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface SmtpReply {
  code: number
  /** Every line, without the code. */
  lines: string[]
}

export interface SmtpClient {
  greeting: SmtpReply
  /** Extensions of the last EHLO or LHLO, upper case. */
  extensions: string[]
  /** Sends a line and waits for its reply. */
  command(line: string): Promise<SmtpReply>
  /** Waits for one more reply (LMTP answers for each recipient). */
  reply(): Promise<SmtpReply>
  startTls(): Promise<void>
  /** After 354: the content and the final dot; its (first) reply. */
  content(parts: Buffer | AsyncIterable<Buffer>): Promise<SmtpReply>
  /** Raw octets, no reply awaited. */
  write(bytes: Buffer): Promise<void>
  quit(): Promise<void>
  destroy(): void
}

export interface SmtpClientOptions {
  port: number
  /** Default EHLO; LHLO for LMTP; false: say nothing yet. */
  hello?: 'EHLO' | 'LHLO' | false
  /** Address to come from, 127.0.0.0/8. */
  from?: string
  /** Give up waiting for a reply. */
  replyWithinMs?: number
}

export async function smtpConnect({
  port,
  hello = 'EHLO',
  from,
  replyWithinMs = 60_000,
}: SmtpClientOptions): Promise<SmtpClient> {
  let socket: Socket = connect({ port, host: '127.0.0.1', localAddress: from })
  socket.setNoDelay(true)
  let text = ''
  let ended: Error | undefined
  let awake = () => {}
  const listen = (on: Socket) => {
    on.on('data', (data) => {
      text += data.toString('latin1')
      awake()
    })
    on.once('error', (error) => {
      ended ??= error
      awake()
    })
    on.once('close', () => {
      ended ??= new Error('the server closed the connection')
      awake()
    })
  }
  listen(socket)

  const line = async (): Promise<string> => {
    for (const until = Date.now() + replyWithinMs; ; ) {
      const end = text.indexOf('\n')
      if (end >= 0) {
        const found = text.slice(0, end).replace(/\r$/, '')
        text = text.slice(end + 1)
        return found
      }
      if (ended) throw ended
      const left = until - Date.now()
      if (left <= 0) throw new Error(`no reply within ${replyWithinMs / 1000} s`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        awake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }
  const reply = async (): Promise<SmtpReply> => {
    const lines: string[] = []
    for (;;) {
      const one = await line()
      if (!/^\d{3}([ -]|$)/.test(one)) throw new Error(`not an SMTP reply: ${JSON.stringify(one)}`)
      lines.push(one.slice(4))
      if (one[3] !== '-') return { code: Number(one.slice(0, 3)), lines }
    }
  }
  const write = (bytes: Buffer) =>
    new Promise<void>((resolve, reject) => {
      if (ended) reject(ended)
      else socket.write(bytes, (error) => (error ? reject(error) : resolve()))
    })

  const client: SmtpClient = {
    greeting: await reply(),
    extensions: [],
    reply,
    write,
    async command(words) {
      await write(Buffer.from(`${words}\r\n`))
      const answer = await reply()
      if (/^(EHLO|LHLO)\b/i.test(words))
        client.extensions = answer.lines.slice(1).map((one) => one.toUpperCase())
      return answer
    },
    async startTls() {
      const answer = await client.command('STARTTLS')
      if (answer.code !== 220) throw new Error(`STARTTLS: ${answer.code} ${answer.lines.join(' ')}`)
      const plain = socket
      plain.removeAllListeners('data')
      const secure = connectTls({ socket: plain, rejectUnauthorized: false })
      await new Promise<void>((resolve, reject) => {
        secure.once('secureConnect', resolve)
        secure.once('error', reject)
      })
      socket = secure
      listen(secure)
    },
    async content(parts) {
      const stuff = dotStuffing()
      const dot = () => Buffer.from(stuff.atLineStart() ? '.\r\n' : '\r\n.\r\n')
      if (Buffer.isBuffer(parts)) {
        const whole = stuff(parts)
        await write(Buffer.concat([whole, dot()]))
      } else {
        for await (const part of parts) await write(stuff(part))
        await write(dot())
      }
      return reply()
    },
    async quit() {
      await client.command('QUIT').catch(() => {}) // it may be gone already, which is what we want
      socket.destroy()
    },
    destroy: () => socket.destroy(),
  }
  if (client.greeting.code !== 220) return client
  if (hello) await client.command(`${hello} client.test.example`)
  return client
}

/** RFC 5321 §4.5.2, over buffers cut anywhere. */
export function dotStuffing(): ((bytes: Buffer) => Buffer) & { atLineStart(): boolean } {
  const dot = Buffer.from('.')
  let last = [0x0d, 0x0a] // the octets before this buffer
  const stuff = (bytes: Buffer): Buffer => {
    const pieces: Buffer[] = []
    let from = 0
    for (let at = bytes.indexOf(0x2e); at >= 0; at = bytes.indexOf(0x2e, at + 1)) {
      const before = at >= 1 ? bytes[at - 1] : last[1]
      const beforeThat = at >= 2 ? bytes[at - 2] : last[at]
      if (before !== 0x0a || beforeThat !== 0x0d) continue
      pieces.push(bytes.subarray(from, at), dot)
      from = at
    }
    if (bytes.length >= 2) last = [bytes[bytes.length - 2] as number, bytes[bytes.length - 1] as number]
    else if (bytes.length === 1) last = [last[1] as number, bytes[0] as number]
    return pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes.subarray(from)])
  }
  return Object.assign(stuff, { atLineStart: () => last[0] === 0x0d && last[1] === 0x0a })
}

export interface Mail {
  sender: string
  recipients: string[]
  /** CRLF line ends. */
  content: Buffer | AsyncIterable<Buffer>
  /** After MAIL FROM. */
  parameters?: string
}

/** One transaction of an SMTP session; the final reply, or the first that was not as hoped. */
export async function sendMail(
  client: SmtpClient,
  { sender, recipients, content, parameters = '' }: Mail,
): Promise<SmtpReply> {
  const from = await client.command(`MAIL FROM:<${sender}>${parameters && ` ${parameters}`}`)
  if (from.code !== 250) return from
  for (const recipient of recipients) {
    const to = await client.command(`RCPT TO:<${recipient}>`)
    if (to.code !== 250) return to
  }
  const data = await client.command('DATA')
  return data.code === 354 ? client.content(content) : data
}

/** Opens a session, sends one mail, closes it. */
export async function sendOne(port: number, mail: Mail, from?: string): Promise<SmtpReply> {
  const client = await smtpConnect({ port, from })
  try {
    return await sendMail(client, mail)
  } finally {
    await client.quit()
  }
}
