/**
 * Makes parcels of deliveries: those of one release and one message travel together, in one transaction with the next
 * hop. The content is the stored bytes; the trace lines go before it and change nothing in it.
 */
import type { Context } from '../context.ts'
import { releaseTrace } from '../mail/trace.ts'
import type { DueDelivery, MessageToDeliver } from '../store/deliveries.ts'
import { formatId } from '../store/ids.ts'
import { openSmall, type SmallContent } from '../store/small-contents.ts'
import type { Parcel } from './courier.ts'

/** Deliveries that go together, in order. */
export interface Batch {
  deliveries: DueDelivery[]
  /** Undefined when the store has lost it. */
  message: MessageToDeliver | undefined
  /** Its content, where that was small enough to be read along. */
  content: SmallContent | undefined
  /** No other batch reads the same `content`. */
  soleReader: boolean
  /** Milliseconds; from then on others may take it. */
  leasedUntil: number
}

export function batches(
  deliveries: readonly DueDelivery[],
  messages: ReadonlyMap<number, MessageToDeliver>,
  contents: ReadonlyMap<number, SmallContent>,
  leasedUntil: number,
): Batch[] {
  const groups = Map.groupBy(deliveries, (one) => `${one.release_id} ${one.message_id}`)
  const readers = new Map<SmallContent | undefined, number>()
  const all = [...groups.values()].map((group) => {
    const message = messages.get(group[0]!.message_id)
    const content = message && contents.get(message.content_id)
    readers.set(content, (readers.get(content) ?? 0) + 1)
    return { deliveries: group, message, content, leasedUntil }
  })
  return all.map((batch) => ({ ...batch, soleReader: readers.get(batch.content) === 1 }))
}

/** Contents of these messages, as many as fit into `limitBytes`. */
export function ahead(messages: Iterable<MessageToDeliver>, limitBytes: number): number[] {
  const found = new Set<number>()
  let left = limitBytes
  for (const { content_id, size } of messages) {
    if (size > left) continue
    if (!found.has(content_id)) left -= size
    found.add(content_id)
  }
  return [...found]
}

/** What went wrong with reading the content, for whoever has to judge it. */
export interface ContentFault {
  error: unknown
}

const bodies = ['7BIT', '8BITMIME', 'BINARYMIME'] as const

/** @param server our own name for the trace; @param fault filled in when the content cannot be read to its end. */
export function parcelOf(
  ctx: Context,
  { deliveries, message, content }: Pick<Batch, 'deliveries' | 'content'> & { message: MessageToDeliver },
  server: string,
  fault: ContentFault,
): Parcel {
  const trace = releaseTrace({
    release: formatId(deliveries[0]!.release_id),
    atMs: ctx.clock.now(),
    server,
    // Only a sole recipient is named: others would learn of blind copies (RFC 5321 §7.6).
    recipient: deliveries.length === 1 ? deliveries[0]!.address : '',
  })
  return {
    sender: message.sender,
    recipients: deliveries.map(({ address, parameters }) => ({
      address,
      parameters: readParameters(parameters),
    })),
    body: bodies.find((body) => body === message.body) ?? null,
    smtputf8: message.smtputf8 === 1,
    size: trace.length + message.size,
    trace,
    content: () => watched(content ? openSmall(content) : ctx.content.open(message.content_id), fault),
    plain: content?.plain ?? false,
    client: message.client_ip
      ? { ip: message.client_ip, name: message.client_name || null, helo: message.helo || null }
      : null,
  }
}

async function* watched(content: AsyncIterable<Uint8Array>, fault: ContentFault): AsyncGenerator<Uint8Array> {
  try {
    yield* content
  } catch (error) {
    fault.error = error
    throw error
  }
}

/** RCPT parameters as they were stored; what is no flat object of strings is left out. */
function readParameters(json: string): Record<string, string> {
  if (json === '') return {}
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  )
}
