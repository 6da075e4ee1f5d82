/** The rows of approved and blocked senders; as schema.ts has the others. */
export type SenderKind = 'approved' | 'blocked'

/** What a user says of mail from somebody. */
export interface SendersTable {
  id: number
  user_id: number
  /** '': for the own address and aliases; else a delegated address, for that one only and while it is delegated. */
  address_key: string
  kind: SenderKind
  /** Lower case: an address, or a domain, which means those below it as well. */
  pattern: string
  note: string
  created_at: number
  expires_at: number | null
  /** Grows in the order of commits, so that others find what is new (sender-marks.ts). */
  changed: number
}
