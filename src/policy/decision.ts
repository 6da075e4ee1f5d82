/** What policy decided for one recipient's copy of a mail. */
export const reasons = [
  'malware',
  'phishing',
  'spam',
  'bulk',
  'spoofing',
  'attachment',
  'encrypted',
  'content',
  'policy',
  'oversize',
  'sender',
  'authentication',
  'unscanned',
] as const
export type Reason = (typeof reasons)[number]

export type Disposition = 'deliver' | 'quarantine' | 'reject' | 'defer'

export interface Decision {
  /** Index into the envelope's recipients. */
  recipient: number
  disposition: Disposition
  /** Name of the area; of a rejected copy, the one it goes to when it has to be held after all. Else ''. */
  area: string
  reason: Reason | null
  /** Name of the rule that decided; '' for the default. */
  rule: string
  /** Name of the scanner whose verdict counted; '' when none did. */
  scanner: string
  /** One plain sentence for people, the same in list, detail, digest and API. */
  explanation: string
}
