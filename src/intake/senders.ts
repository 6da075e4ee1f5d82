/**
 * Looks up what the recipients of a mail say of its sender (approved, blocked). Mail of senders whom nobody has listed
 * costs no look at the database (store/sender-marks.ts), and nothing at all while no list has an entry. When a look-up
 * that is needed fails, the mail is put off: whoever blocked a sender does not get his mail because of an error of ours.
 */
import type { Context } from '../context.ts'
import { addressKey, type Envelope } from '../mail/envelope.ts'
import type { MessageFacts } from '../mail/message.ts'
import { type Approvals, judgeOf, patternsOf, type SenderEntry, sendersOf } from '../policy/senders.ts'
import { Problem } from '../problem.ts'
import { sendersSaid } from '../store/senders.ts'

interface Wanted {
  approvals: Approvals
  /** Authentication-Results of trusted hosts. */
  authentication: () => readonly string[]
  /** Aborted when nobody waits any more. */
  signal: AbortSignal
}

/**
 * Null, at once: nobody says anything. Else what each recipient says, in the order of the envelope.
 * @throws Problem 'unavailable', in the promise
 */
export function lookUpSenders(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  envelope: Envelope,
  facts: MessageFacts,
  wanted: Wanted,
): Promise<(SenderEntry | null)[]> | null {
  const { senderMarks } = db
  if (senderMarks.isEmpty) return null
  const senders = sendersOf(envelope, facts)
  const patterns = new Set(senders.flatMap(({ address }) => patternsOf(address)))
  const listed = [...patterns].filter((pattern) => senderMarks.mayHave(pattern))
  if (listed.length === 0) return null
  return lookUp()

  async function lookUp(): Promise<(SenderEntry | null)[]> {
    const keys = envelope.recipients.map(({ address }) => addressKey(address))
    const said = await unlessAborted(sendersSaid(db, [...new Set(keys)], listed, clock.now()), wanted.signal)
    const byRecipient = Map.groupBy(said, ({ recipient }) => recipient)
    const judge = judgeOf(senders, wanted.authentication, wanted.approvals)
    return keys.map((key) => judge(byRecipient.get(key) ?? []))
  }
}

const unavailable = (): Problem =>
  new Problem('unavailable', 'The lists of senders cannot be read, try again later')

/** The reading goes on for itself: there is nothing to take back. */
async function unlessAborted<T>(reading: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const stop = () => aborted.reject(unavailable())
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([reading, aborted.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
