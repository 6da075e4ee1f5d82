/**
 * A next hop that remembers every message it said 250 to, whole or by hash. Takes PIPELINING, 8BITMIME and SMTPUTF8;
 * can be told to answer something else, and can be closed and opened again on its port.
 */
import { createServer, type Server, type Socket } from 'node:net'

export interface Received {
  sender: string
  recipients: string[]
  /** Dot-unstuffed. */
  content: Buffer
  /** When it was said 250 to, performance.now(). */
  at: number
}

export interface RecordingSink extends AsyncDisposable {
  port: number
  received: Received[]
  /** Reply to RCPT and to the final dot; null: accept. */
  answer: { recipient: ((address: string) => string | null) | null; content: string | null }
  /** No more than so many messages are taken; what comes after them is left without an answer while it is connected. */
  takes: number
  open(): Promise<void>
  /** Refuses connections and drops those there are. */
  close(): Promise<void>
}

export async function startRecordingSink(port: number): Promise<RecordingSink> {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  const sink: RecordingSink = {
    port,
    received: [],
    answer: { recipient: null, content: null },
    takes: Number.POSITIVE_INFINITY,
    open: () =>
      new Promise((resolve, reject) => {
        server = createServer({ noDelay: true }, (socket) => {
          sockets.add(socket)
          socket.once('close', () => sockets.delete(socket))
          socket.on('error', () => {}) // the other side was killed: the point of the test
          serve(socket, sink)
        })
        server.once('error', reject)
        server.listen(port, '127.0.0.1', resolve)
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        if (server) server.close(() => resolve())
        else resolve()
      }),
    [Symbol.asyncDispose]: () => sink.close(),
  }
  await sink.open()
  return sink
}

const endOfContent = Buffer.from('\r\n.\r\n')

function serve(socket: Socket, sink: RecordingSink): void {
  let text = Buffer.alloc(0)
  let mail: Received = { sender: '', recipients: [], content: Buffer.alloc(0), at: 0 }
  let inContent = false
  let pieces: Buffer[] = []
  const say = (line: string) => socket.write(`${line}\r\n`)
  const begin = () => {
    mail = { sender: '', recipients: [], content: Buffer.alloc(0), at: 0 }
  }
  const address = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? ''

  const command = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase()
    if (verb === 'EHLO')
      say('250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 300000000')
    else if (verb === 'HELO') say('250 sink.example')
    else if (verb === 'MAIL') {
      begin()
      mail.sender = address(line)
      say('250 ok')
    } else if (verb === 'RCPT') {
      const refusal = sink.answer.recipient?.(address(line)) ?? null
      if (refusal === null) mail.recipients.push(address(line))
      say(refusal ?? '250 ok')
    } else if (verb === 'DATA') {
      if (mail.recipients.length === 0) return say('554 no recipients')
      inContent = true
      pieces = [Buffer.from('\r\n')] // so that the end is found after an empty content too
      say('354 go on')
    } else if (verb === 'RSET' || verb === 'NOOP') {
      if (verb === 'RSET') begin()
      say('250 ok')
    } else if (verb === 'QUIT') {
      say('221 bye')
      socket.end()
    } else say('500 unknown')
  }

  const content = (): boolean => {
    const soFar =
      pieces.length === 1 ? Buffer.concat([pieces[0] as Buffer, text]) : Buffer.concat([...pieces, text])
    const end = soFar.indexOf(endOfContent)
    if (end < 0) {
      pieces = [soFar]
      text = Buffer.alloc(0)
      return false
    }
    text = soFar.subarray(end + endOfContent.length)
    inContent = false
    const whole = soFar
      .subarray(0, end + 2)
      .toString('latin1')
      .replaceAll('\r\n.', '\r\n')
      .slice(2)
    mail.content = Buffer.from(whole, 'latin1')
    mail.at = performance.now()
    if (sink.received.length >= sink.takes) return true
    if (sink.answer.content === null) sink.received.push(mail)
    say(sink.answer.content ?? `250 taken as ${sink.received.length}`)
    begin()
    return true
  }

  say('220 sink.example ESMTP')
  socket.on('data', (data: Buffer) => {
    text = Buffer.concat([text, data])
    for (;;) {
      if (inContent) {
        if (!content()) return
        continue
      }
      const end = text.indexOf('\n')
      if (end < 0) return
      const line = text.toString('latin1', 0, end).replace(/\r$/, '')
      text = text.subarray(end + 1)
      command(line)
    }
  })
}
