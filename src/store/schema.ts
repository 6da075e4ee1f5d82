/**
 * The rows of every table, as Kysely types; the tables themselves are in migrations/. Times are milliseconds since
 * the epoch; `…_key` columns are lower case, for comparing; JSON is text that no query looks into.
 */
import type { DigestKeysTable, DigestOpensTable, DigestsTable, PostsTable } from './digest-schema.ts'
import type { RequestsTable } from './request-schema.ts'
import type { SendersTable } from './sender-schema.ts'
import type {
  ServicesTable,
  UserAddressesTable,
  UserSessionsTable,
  UsersTable,
  UserTokensTable,
} from './user-schema.ts'

export type HoldingState = 'held' | 'releasing' | 'delivered' | 'release-failed' | 'deleted' | 'expired'
export type DeliveryState = 'due' | 'done' | 'failed' | 'cancelled'
export type TallyKind = 'held' | 'done' | 'failed'
export type Role = 'administrator' | 'domain-administrator' | 'operator' | 'reviewer' | 'auditor'

export interface Schema {
  meta: { key: string; value: string }
  /** Names that occur as area, reason, rule or scanner, each with a small number for the index. */
  labels: { id: number; kind: 'area' | 'reason' | 'rule' | 'scanner'; value: string }
  messages: MessagesTable
  holdings: HoldingsTable
  /** One per held mail, shared by the messages that it was split into; `purged_at` when its chunks are gone. */
  contents: { id: number; sha256: string; size: number; chunks: number; purged_at: number | null }
  chunks: { content_id: number; n: number; bytes: Uint8Array }
  /** Chunks of these contents may exist without their contents row: a large message is coming in, or its client died. */
  staging: { content_id: number; started_at: number }
  releases: { id: number; at: number; actor: string; note: string }
  deliveries: DeliveriesTable
  attempts: AttemptsTable
  audit: AuditTable
  accounts: AccountsTable
  /** The domains of domain administrators (mail/domains.ts). */
  account_domains: { account_id: number; domain_key: string }
  api_keys: ApiKeysTable
  sessions: SessionsTable
  second_factors: SecondFactorsTable
  saved_searches: SavedSearchesTable
  entries: EntriesTable
  entry_recipients: {
    address_key: string
    id: number
    area: number
    reason: number
    sender_key: string | null
    subject_key: string | null
  }
  jobs: JobsTable
  /** What a job has still to work on; `ids` is a JSON array of messages. */
  job_batches: { job_id: number; n: number; ids: string }
  job_items: JobItemsTable
  /** Messages purged whose entry the search index has yet to forget (SQLite). */
  forgotten: { id: number }
  /** Counted in the quarter-hour that begins at `bucket`; `name` is the reason, '' for deliveries. */
  tallies: { bucket: number; kind: TallyKind; name: string; count: number; bytes: number }
  /** How large the store was when it was first looked at on this day (days since the epoch). */
  store_sizes: { day: number; at: number; bytes: number }
  /** A scanner as one process sees it; `figures` is JSON (scan/health.ts). */
  scanner_health: { process: string; scanner: string; at: number; figures: string }
  users: UsersTable
  user_addresses: UserAddressesTable
  user_sessions: UserSessionsTable
  user_tokens: UserTokensTable
  services: ServicesTable
  posts: PostsTable
  digests: DigestsTable
  digest_keys: DigestKeysTable
  digest_opens: DigestOpensTable
  requests: RequestsTable
  senders: SendersTable
}

/** One decision about one mail: recipients who got different decisions are different messages with one content. */
export interface MessagesTable {
  /** Time-ordered (store/ids.ts): carries the time of receipt. */
  id: number
  content_id: number
  via: string
  sender: string
  subject: string
  message_id: string
  area: string
  reason: string
  rule: string
  scanner: string
  explanation: string
  /** JSON: Verdict[] */
  verdicts: string
  /** JSON: Attachment[] */
  attachments: string
  /** JSON: string[], Authentication-Results as written by trusted hosts */
  authentication: string
  score: number | null
  size: number
  header_from: string
  header_to: string
  header_date: string
  body: string
  smtputf8: number
  client_ip: string
  client_name: string
  helo: string
  protocol: string
  peer_ip: string
  /** When its retention ended; absent in what is being inserted. The content goes when all its messages are past. */
  expired_at?: number | null
}

export interface HoldingsTable {
  message_id: number
  n: number
  address: string
  address_key: string
  /** JSON of the RCPT parameters; '' when there were none. */
  parameters: string
  state: HoldingState
  changed_at: number
  changed_by: string
  release_id: number | null
}

export interface DeliveriesTable {
  id: number
  release_id: number
  message_id: number
  n: number
  address: string
  state: DeliveryState
  attempts: number
  /** When it is due; meaningless unless state = 'due'. */
  next_at: number
  leased_until: number
  leased_by: string
  created_at: number
  ended_at: number | null
}

export interface AttemptsTable {
  id: number
  delivery_id: number
  at: number
  took_ms: number
  outcome: 'delivered' | 'deferred' | 'failed'
  host: string
  tls: string
  code: number | null
  status: string
  reply: string
}

export interface AuditTable {
  seq: number
  at: number
  actor: string
  /** Where the actor came from: IP, `cli`, `system`. */
  origin: string
  deed: string
  /** What it was done to: a message id, an account name … */
  target: string
  /** JSON */
  details: string
  previous: string
  hash: string
}

export interface AccountsTable {
  id: number
  name: string
  name_key: string
  role: Role
  password: string
  created_at: number
  disabled_at: number | null
  /** 1: the password is a first one. */
  must_change_password: number
  /** JSON, what was set only. */
  preferences: string
}

/** One an account, at most; it counts when it is confirmed. */
export interface SecondFactorsTable {
  account_id: number
  /** Base32. */
  secret: string
  begun_at: number
  confirmed_at: number | null
  /** Of the last code that was used: RFC 6238's T. */
  last_step: number
  /** JSON: string[], SHA-256 of the recovery codes that are left. */
  recovery: string
}

export interface SavedSearchesTable {
  id: number
  account_id: number
  name: string
  name_key: string
  query: string
  shared: number
  created_at: number
}

export interface ApiKeysTable {
  id: number
  account_id: number
  name: string
  /** SHA-256 of the key; the key itself is shown once. */
  hash: string
  role: Role
  created_at: number
  expires_at: number | null
  used_at: number | null
  revoked_at: number | null
}

export interface SessionsTable {
  hash: string
  account_id: number
  created_at: number
  expires_at: number
  seen_at: number
  origin: string
}

/**
 * What search looks at, one row a message. On PostgreSQL it is written with the message; on SQLite it lives in a
 * database of its own (search.db), filled just behind the commits, with the newest in memory until then.
 */
export interface EntriesTable {
  id: number
  sender_key: string
  subject_key: string
  /** First recipient: the sort key. */
  recipient_key: string
  message_id_key: string
  /** All values, each between line feeds: `\na@x\nb@y\n`; so `\na@x\n` finds a whole value. */
  recipients_key: string
  attachments_key: string
  area: number
  reason: number
  rule: number
  scanner: number
}

/** A deed on everything that a search has found. */
export interface JobsTable {
  id: number
  action: 'release' | 'delete'
  /** JSON: the words of the search, as they were given. */
  criteria: string
  /** No message with a greater id is in it. */
  as_of: number
  state: 'running' | 'stopped' | 'done' | 'failed'
  created_at: number
  created_by: string
  /** JSON: Actor, as it was when the job was ordered. */
  actor: string
  ended_at: number | null
  messages: number
  worked: number
  done: number
  refused: number
  failed: number
  /** Recipients' copies that were changed. */
  recipients: number
  note: string
  problem: string | null
  leased_until: number
  leased_by: string
}

export interface JobItemsTable {
  job_id: number
  message_id: number
  outcome: 'done' | 'refused' | 'failed'
  text: string
}
