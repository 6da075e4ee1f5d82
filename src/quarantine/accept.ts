/**
 * Takes responsibility for mail: bytes and rows durable in one commit, only then a reply may say yes. Throws when
 * anything could not be kept; then nothing was.
 */
import type { Context } from '../context.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { MessageFacts } from '../mail/message.ts'
import type { Reason } from '../policy/decision.ts'
import type { Verdict } from '../scan/scanner.ts'
import type { ReceivedContent } from '../store/content.ts'

/** Recipients of one mail who share one decision: they become one message. */
export interface HeldGroup {
  area: string
  reason: Reason
  rule: string
  scanner: string
  explanation: string
  recipients: HeldRecipient[]
}

export interface HeldRecipient {
  address: string
  parameters: Record<string, string>
  /** `releasing`: clean mail whose next hop said "later" (a due delivery is made); `release-failed`: it said "never". */
  state: 'held' | 'releasing' | 'release-failed'
}

export interface MailToHold {
  envelope: Envelope
  facts: MessageFacts
  content: ReceivedContent
  /** True when an earlier accept of the same mail has kept the content already. */
  contentKept: boolean
  verdicts: Verdict[]
  /** Authentication-Results header values written by trusted hosts. */
  authentication: string[]
  groups: HeldGroup[]
}

/** Ids of the messages made, in the order of `groups`. Durable and findable when it resolves. */
export async function accept(_ctx: Context, _mail: MailToHold): Promise<number[]> {
  throw new Error('not written yet')
}
