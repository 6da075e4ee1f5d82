/** Mails for tests, with honest defaults: received content and what was decided about it. */
import { createHash } from 'node:crypto'
import type { Context } from '../src/context.ts'
import type { HeldGroup, MailToHold } from '../src/quarantine/accept.ts'

export interface MailOptions {
  sender?: string
  /** As it is shown. */
  from?: string
  subject?: string
  messageId?: string
  recipients?: string[]
  group?: Partial<HeldGroup>
  pieceBytes?: number
}

export async function mailToHold(
  ctx: Context,
  bytes: Uint8Array,
  options: MailOptions = {},
): Promise<MailToHold> {
  const {
    sender = 'Sender@Example.org',
    subject = 'Hello',
    recipients = ['a@example.com', 'B@example.com'],
  } = options
  const { messageId = '<1@example.org>', pieceBytes = 65_536 } = options
  const incoming = ctx.content.receive()
  for (let at = 0; at < bytes.length; at += pieceBytes)
    await incoming.write(bytes.subarray(at, at + pieceBytes))
  return {
    envelope: {
      via: 'smtp',
      sender,
      recipients: recipients.map((address) => ({ address, parameters: {} })),
      body: null,
      smtputf8: false,
      client: { ip: '192.0.2.1', port: null, name: null, helo: 'mx.example.org', protocol: 'ESMTP' },
      peerIp: '127.0.0.1',
    },
    facts: {
      size: bytes.length,
      from: options.from ?? `Sender <${sender}>`,
      fromAddresses: [sender],
      to: recipients.join(', '),
      subject,
      date: null,
      messageId,
      attachments: [],
      headers: [],
      patterns: [],
      ambiguities: [],
    },
    content: await incoming.finish(),
    contentKept: false,
    verdicts: [],
    authentication: [],
    groups: [
      {
        area: 'Spam',
        reason: 'spam',
        rule: 'Spam score',
        scanner: 'rspamd',
        explanation: 'Held because the spam score is 15.2 (rule Spam score).',
        recipients: recipients.map((address) => ({ address, parameters: {}, state: 'held' as const })),
        ...options.group,
      },
    ],
  }
}

/** SHA-256 of the stored content, hex. */
export async function storedHash(ctx: Context, contentId: number): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of ctx.content.open(contentId)) hash.update(bytes)
  return hash.digest('hex')
}
