/**
 * Passes clean mail to the next hop while the client waits, so that its answer can be ours: we never own mail that we
 * do not hold. The bytes go unchanged below one Received line.
 */
import type { Courier, CourierOutcome, Parcel } from '../delivery/courier.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { Reply } from '../mail/reply.ts'
import { passTrace } from '../mail/trace.ts'
import type { ReceivedContent } from '../store/content.ts'
import { formatId } from '../store/ids.ts'

export interface Forwarding {
  envelope: Envelope
  /** Indices of the recipients who get their copy. */
  recipients: readonly number[]
  content: ReceivedContent
  /** Our own name, for the Received line. */
  hostname: string
  atMs: number
}

/** One outcome for each of `recipients`, in order. */
export async function forward(
  courier: Courier,
  { envelope, recipients, content, hostname, atMs }: Forwarding,
  signal: AbortSignal,
): Promise<CourierOutcome[]> {
  const chosen = recipients.map((i) => envelope.recipients[i]!)
  const trace = passTrace({
    atMs,
    server: hostname,
    envelope: { ...envelope, recipients: chosen },
    id: formatId(content.id),
  })
  const { ip, name, helo } = envelope.client
  const parcel: Parcel = {
    sender: envelope.sender,
    recipients: chosen,
    body: envelope.body,
    smtputf8: envelope.smtputf8,
    size: trace.length + content.size,
    trace,
    content: () => content.open(),
    client: { ip, name, helo },
  }
  const { outcomes } = await courier.carry(parcel, signal)
  if (outcomes.length !== chosen.length) throw new Error('the courier did not answer for every recipient')
  return outcomes
}

const longestText = 1000

/** The next hop's answer as one of ours: its class as the outcome has it, its own words where they are well-formed. */
export function nextHopReply({ outcome, reply, text }: CourierOutcome): Reply {
  const first = outcome === 'delivered' ? 2 : outcome === 'deferred' ? 4 : 5
  const fits = reply !== null && Math.floor(reply.code / 100) === first
  const code = fits ? reply.code : { 2: 250, 4: 451, 5: 554 }[first]
  const status = reply && statusOf(first).test(reply.status) ? reply.status : `${first}.0.0`
  const said = reply?.text.trim() || text.trim()
  if (reply === null) {
    // What our own client says of it (the next hop lacks SMTPUTF8 …) may begin with a status.
    const [word = '', ...rest] = said.split(' ')
    const own = statusOf(first).test(word)
    const unanswered = first === 4 ? '4.4.1' : status
    const words = (own ? rest.join(' ') : said).slice(0, longestText)
    return { code, status: own ? word : unanswered, text: `Next hop: ${words}` }
  }
  return {
    // 2xx other than 250 and 421 have meanings of their own at the end of data.
    code: first === 2 ? 250 : code === 421 ? 451 : code,
    status,
    text: said.slice(0, longestText) || (first === 2 ? 'Ok' : 'Refused by the next hop'),
  }
}

const statusOf = (first: number): RegExp => new RegExp(`^${first}\\.\\d{1,3}\\.\\d{1,3}$`)
