/**
 * Sends mail over several SMTP connections and remembers exactly what was answered: which messages got 250 (by
 * Message-ID, with their SHA-256), which got something else, which got nothing. The server may die at any moment: then
 * the senders end, and what they know stays.
 */
import { createHash } from 'node:crypto'
import { type Dice, dice, mark, sampleMail } from '../../bench/messages.ts'
import { type SmtpClient, type SmtpReply, smtpConnect } from '../../bench/peers/smtp-client.ts'

export interface Known {
  /** Message-ID (with brackets) to SHA-256 of what was answered 250. */
  accepted: Map<string, string>
  /** Sent, no answer: may be there or not. */
  unanswered: Map<string, string>
  /** Replies that were neither 250 nor expected on the way. */
  refused: SmtpReply[]
}

export const nothingKnown = (): Known => ({ accepted: new Map(), unanswered: new Map(), refused: [] })

export interface Load {
  known: Known
  /** Resolves when every sender has ended: at `stop`, or because the server has gone. */
  ended: Promise<void>
  /** No new message is begun. */
  stop(): void
}

export interface LoadOptions {
  port: number
  connections: number
  /** Unique for each load: goes into ids and decides the contents. */
  seed: number
  /** Ends by itself after so many messages. */
  messages?: number
  /** Adds to what an earlier load knew. */
  known?: Known
}

/** Mostly small, some of several chunks: those are staged before they are kept. */
const sizes = [1500, 2500, 4000, 4000, 6000, 12_000, 20_000, 60_000]
const largeSizes = [300_000, 700_000, 1_200_000]
const largeEvery = 60
const poolOfEach = 8

interface Template {
  sender: string
  recipients: string[]
  content: Buffer
  /** Where the mark stands. */
  marks: number[]
}

function template(random: Dice, octets: number, n: number): Template {
  const mail = sampleMail(random, octets, n)
  const content = Buffer.from(mail.content)
  const marks: number[] = []
  for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, at + mark.length)) marks.push(at)
  return { sender: mail.sender, recipients: mail.recipients, content, marks }
}

/** Made once: making a message costs more than sending it. */
const pool = (octets: number[], seed: number): Template[] => {
  const random = dice(seed)
  return octets.flatMap((size) => Array.from({ length: poolOfEach }, (_, n) => template(random, size, n)))
}
const small = pool(sizes, 1)
const large = pool(largeSizes, 2)

export function startLoad({
  port,
  connections,
  seed,
  messages = Number.POSITIVE_INFINITY,
  known = nothingKnown(),
}: LoadOptions): Load {
  let begun = 0
  let stopped = false
  const more = () => !stopped && begun < messages
  const one = async (connection: number) => {
    const random = dice(seed * 1000 + connection + 1)
    let client: SmtpClient
    try {
      client = await smtpConnect({ port, replyWithinMs: 30_000 })
    } catch {
      return // the server has gone already
    }
    if (client.greeting.code !== 220) {
      known.refused.push(client.greeting)
      client.destroy()
      return
    }
    try {
      while (more()) {
        const n = ++begun
        const mail = random.pick(n % largeEvery === 0 ? large : small)
        const goOn = await sendNoted(client, mail, `${seed}-${n}`, 1 + random.number(4), known)
        if (!goOn) break
      }
    } catch {
      // the connection ended: what was not answered stays unanswered
    }
    await client.quit()
  }
  const ended = Promise.all(Array.from({ length: connections }, (_, connection) => one(connection))).then(
    () => {},
  )
  return {
    known,
    ended,
    stop() {
      stopped = true
    },
  }
}

/** False when the server said good-bye (421). */
async function sendNoted(
  client: SmtpClient,
  mail: Template,
  id: string,
  recipients: number,
  known: Known,
): Promise<boolean> {
  const content = Buffer.from(mail.content)
  for (const at of mail.marks) content.write(id.padStart(mark.length, '0'), at, 'latin1')
  const messageId = /^Message-ID: (<[^>]+>)/m.exec(content.toString('latin1', 0, 3000))?.[1]
  if (!messageId) throw new Error('the sample has no Message-ID')
  const hash = createHash('sha256').update(content).digest('hex')
  const to = mail.recipients.slice(0, recipients)
  const commands = [`MAIL FROM:<${mail.sender}>`, ...to.map((address) => `RCPT TO:<${address}>`), 'DATA']
  await client.write(Buffer.from(`${commands.join('\r\n')}\r\n`))
  for (const command of commands) {
    const reply = await client.reply()
    if (reply.code === (command === 'DATA' ? 354 : 250)) continue
    known.refused.push(reply)
    if (reply.code === 421) return false
    throw new Error('out of step') // a pipelined client starts anew
  }
  known.unanswered.set(messageId, hash)
  const reply = await client.content(content)
  known.unanswered.delete(messageId)
  if (reply.code === 250) known.accepted.set(messageId, hash)
  else known.refused.push(reply)
  return reply.code !== 421
}
