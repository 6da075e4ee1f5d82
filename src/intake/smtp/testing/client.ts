/** A client for tests that sends exactly the bytes it is told to, and reads replies line by line. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export class TestClient implements AsyncDisposable {
  socket: Socket
  #text = ''
  #ended = false
  #wake: (() => void) | undefined

  constructor(socket: Socket) {
    this.socket = socket
    this.listen(socket)
  }

  static async connect(port: number, from = '127.0.0.1'): Promise<TestClient> {
    const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true })
    const client = new TestClient(socket)
    await once(socket, 'connect')
    return client
  }

  listen(socket: Socket): void {
    this.socket = socket
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      this.#text += text
      this.#wake?.()
    })
    const ended = () => {
      this.#ended = true
      this.#wake?.()
    }
    socket.on('end', ended)
    socket.on('close', ended)
    socket.on('error', ended)
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1')
  }

  /** The next line, without CRLF; null when the server has closed. */
  async line(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#text.slice(0, end)
        this.#text = this.#text.slice(end + 2)
        return line
      }
      if (this.#ended) return this.#text === '' ? null : `(cut off: ${this.#text})`
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** The next reply with all its lines. */
  async reply(): Promise<string> {
    const lines: string[] = []
    for (;;) {
      const line = await this.line()
      if (line === null) return [...lines, '(closed)'].join('\n')
      lines.push(line)
      if (line[3] !== '-') return lines.join('\n')
    }
  }

  /** Sends and takes one reply. */
  ask(bytes: string): Promise<string> {
    this.send(bytes)
    return this.reply()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.socket.destroyed) return
    this.socket.destroy()
    await once(this.socket, 'close')
  }
}
