/** What digests and the pages of their links say, in each language. Plain text, no markup. */
import type { Reason } from '../../policy/decision.ts'

export interface DigestText {
  /** For dates and `lang`. */
  locale: string
  subject(count: number): string
  heading: string
  /** @param organisation '' when it has no name. */
  intro(count: number, organisation: string): string
  noSubject: string
  noSender: string
  /** Of the message: its Subject. */
  about: string
  from: string
  to: string
  received: string
  heldFor: string
  expires: string
  reasons: Record<Reason | 'other', string>
  notSpam: string
  /** Delivers it, and approves its sender. */
  approve: string
  delete: string
  /** Where the user may not release it. */
  askInConsole: string
  andMore(count: number): string
  openConsole: string
  /** Why one gets this mail, and that its links are one's own. */
  footer: string
  unsubscribe: string
  page: {
    title: string
    /** Above the button. */
    askNotSpam: string
    /** @param sender its address. */
    askApprove(sender: string): string
    askDelete: string
    askUnsubscribe: string
    doUnsubscribe: string
    /** What has happened. */
    released: string
    approved(sender: string): string
    /** Delivered, but not approved: no room, or it has no sender. */
    listFull: string
    noSenderToApprove: string
    deleted: string
    unsubscribed: string
    /** What had happened before; `who` is one of the three below. */
    releasedBefore(who: string, when: string): string
    deliveredBefore(who: string, when: string): string
    deletedBefore(who: string, when: string): string
    you: string
    administrator: string
    somebody: string
    gone: string
    expired: string
    unknown: string
    malware: string
    notAllowed: string
    unchanged: string
    tooMany: string
    signIn: string
    needsSignIn: string
    error: string
  }
}
