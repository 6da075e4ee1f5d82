/**
 * Users at their browsers, as load: each looks at the own list again and again and releases from it what is held, over
 * kept-open connections. What was asked, when, and what was answered is on record.
 */
import { Agent, request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Asked {
  method: string
  /** performance.now() */
  begun: number
  tookMs: number
  /** 0: no answer. */
  status: number
}

export interface UserLoad {
  /** Everything that was asked, in the order of the answers. */
  asked: Asked[]
  /** `id user` of each message whose release was answered as done, with how often. */
  released: Map<string, number>
  /** Where they open the quarantine from now on. */
  move(port: number): void
  stop(): Promise<void>
}

export interface Answer {
  status: number
  cookie: string
  /** What of it is looked at; '' when there is none. */
  body: '' | { items?: { id: string; may: { notSpam: boolean } }[]; results?: { result: string }[] }
}

/** As a program: without Origin. @throws when there is no answer */
export function askUsers(
  agent: Agent,
  port: number,
  method: string,
  path: string,
  { cookie, body }: { cookie?: string; body?: unknown } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const text = body === undefined ? undefined : JSON.stringify(body)
  const headers = {
    ...(cookie ? { cookie } : {}),
    ...(text === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  }
  const asked = request(
    { agent, host: '127.0.0.1', port, method, path: `/api/v1/my${path}`, headers },
    (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece)).once('error', reject)
      answer.once('end', () => {
        const whole = Buffer.concat(pieces).toString()
        const set = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
        try {
          resolve({ status: answer.statusCode ?? 0, cookie: set, body: whole && JSON.parse(whole) })
        } catch (error) {
          reject(error)
        }
      })
    },
  )
  asked.once('error', reject).end(text)
  asked.setTimeout(30_000, () => asked.destroy(new Error('no answer within 30 s')))
  return promise
}

/** @param cookies of the users' sessions: one client each. */
export function startUsers(firstPort: number, cookies: ReadonlyMap<string, string>): UserLoad {
  const asked: Asked[] = []
  const released = new Map<string, number>()
  let port = firstPort
  let isStopped = false
  async function one(user: string, cookie: string): Promise<void> {
    const agent = new Agent({ rejectUnauthorized: false, keepAlive: true, maxSockets: 1 })
    const ask = async (method: string, path: string, body?: unknown): Promise<Answer | null> => {
      const begun = performance.now()
      let answer: Answer | null = null
      try {
        answer = await askUsers(agent, port, method, path, { cookie, ...(body ? { body } : {}) })
      } catch (error) {
        if (!(error instanceof Error)) throw error // cut off: on record as no answer
      }
      const tookMs = performance.now() - begun
      asked.push({ method, begun, tookMs, status: answer?.status ?? 0 })
      if (!answer) await sleep(20)
      return answer
    }
    // What is on its way stays in the list: the next is on a later page.
    let at = 1
    while (!isStopped) {
      const page = await ask('GET', `/messages?limit=20&page=${at}`)
      const held = page && page.body !== '' ? (page.body.items ?? []) : []
      const next = held.find(({ may }) => may.notSpam)
      await ask('GET', '/session')
      if (page?.status === 200 && !next) at++
      if (!next || isStopped) continue
      const done = await ask('POST', '/messages/not-spam', { ids: [next.id] })
      if (done?.status !== 200 || done.body === '' || done.body.results?.[0]?.result !== 'done') continue
      const key = `${next.id} ${user}`
      released.set(key, (released.get(key) ?? 0) + 1)
    }
    agent.destroy()
  }
  const all = [...cookies].map(([user, cookie]) => one(user, cookie))
  return {
    asked,
    released,
    move(to) {
      port = to
    },
    async stop() {
      isStopped = true
      await Promise.all(all)
    },
  }
}
