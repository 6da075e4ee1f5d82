/**
 * The administrator's REST API as a script uses it: signs in with a password, keeps its connections, takes the server's
 * self-signed certificate. Any answer but 2xx is an error that carries what the server said.
 */
import { Agent, request } from 'node:https'

export interface MessageItem {
  id: string
  sender: string
  recipients: { address: string; state: string }[]
  subject: string
  reason: string
  area: string
  rule: string
  messageId: string
  size: number
}

export interface MessagePage {
  items: MessageItem[]
  total: number
  totalIsExact: boolean
  nextCursor: string | null
}

export interface Answer {
  status: number
  body: Buffer
}

export interface Api {
  /** Whatever the answer. */
  call(method: string, path: string, body?: unknown): Promise<Answer>
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  raw(id: string): Promise<Buffer>
  /** Reads the raw message and throws it away; its length in octets. */
  drainRaw(id: string): Promise<number>
  messages(query?: Record<string, string | number>): Promise<MessagePage>
  /** Every message, page by page, by cursor. */
  allMessages(query?: Record<string, string | number>): AsyncGenerator<MessageItem>
  close(): void
}

export async function openApi(port: number, name: string, password: string): Promise<Api> {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 16 })
  const headers: Record<string, string> = { origin: `https://127.0.0.1:${port}` }

  const open = (method: string, path: string, body?: unknown) =>
    new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify(body)
      const more =
        text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
      const asked = request(
        { agent, host: '127.0.0.1', port, method, path, headers: { ...headers, ...more } },
        resolve,
      )
      asked.once('error', reject)
      asked.setTimeout(120_000, () => asked.destroy(new Error(`${method} ${path}: no answer within 120 s`)))
      asked.end(text)
    })

  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await open(method, path, body)
    const parts: Buffer[] = []
    for await (const part of answer) parts.push(part as Buffer)
    const cookie = answer.headers['set-cookie']?.map((line) => line.split(';')[0])
    if (cookie) headers.cookie = cookie.join('; ')
    return { status: answer.statusCode ?? 0, body: Buffer.concat(parts) }
  }
  const good = async (method: string, path: string, body?: unknown): Promise<Buffer> => {
    const answer = await call(method, path, body)
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString('utf8').slice(0, 500)}`)
    return answer.body
  }
  const get = async <T>(path: string) => JSON.parse((await good('GET', path)).toString('utf8')) as T
  const messages = (query: Record<string, string | number> = {}) => {
    const text = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
    return get<MessagePage>(`/api/v1/messages?${text}`)
  }

  await good('POST', '/api/v1/session', { name, password })
  return {
    call,
    get,
    messages,
    post: async <T>(path: string, body: unknown) =>
      JSON.parse((await good('POST', path, body)).toString('utf8') || 'null') as T,
    raw: (id) => good('GET', `/api/v1/messages/${id}/raw`),
    async drainRaw(id) {
      const answer = await open('GET', `/api/v1/messages/${id}/raw`)
      let octets = 0
      for await (const part of answer) octets += (part as Buffer).length
      if (answer.statusCode !== 200) throw new Error(`raw of ${id}: ${answer.statusCode}`)
      return octets
    },
    async *allMessages(query = {}) {
      for (let cursor: string | null = null; ; ) {
        const page: MessagePage = await messages({ limit: 500, ...query, ...(cursor ? { cursor } : {}) })
        yield* page.items
        if (!page.nextCursor) return
        cursor = page.nextCursor
      }
    },
    close: () => agent.destroy(),
  }
}
