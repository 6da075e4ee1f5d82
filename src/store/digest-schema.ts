/** The rows of digests and of mail of our own; as schema.ts has the others. */
export type PostKind = 'digest' | 'letter'
export type PostState = 'due' | 'done' | 'failed'

/** A mail of our own on its way: null sender, one recipient. */
export interface PostsTable {
  id: number
  kind: PostKind
  recipient: string
  smtputf8: number
  /** Of the content, before it was packed. */
  size: number
  /** One zstd frame; empty when the post has ended: what is in it is for its recipient alone. */
  content: Uint8Array
  state: PostState
  attempts: number
  /** When it is due; meaningless unless state = 'due'. */
  next_at: number
  leased_until: number
  leased_by: string
  created_at: number
  ended_at: number | null
  /** The next hop's own words at the last attempt. */
  reply: string
}

/** One a user. */
export interface DigestsTable {
  user_id: number
  /** JSON: Schedule; '': as the configuration says. */
  schedule: string
  /** Schedule and time zone that `next_at` was reckoned from. */
  plan: string
  /** Null: never. */
  next_at: number | null
  /** No message up to this id is listed any more. */
  watermark: number
  sent_at: number | null
  leased_until: number
  leased_by: string
}

export interface DigestKeysTable {
  id: number
  /** 256 bits in base64url. */
  secret: string
  created_at: number
  /** The greatest end of a link that it has signed. */
  needed_until: number
}

/** A link that was opened. Without `acted_at`, it was a robot, or somebody who thought better of it. */
export interface DigestOpensTable {
  user_id: number
  /** 0: the link that ends the digests. */
  message_id: number
  action: string
  opens: number
  first_at: number
  last_at: number
  acted_at: number | null
  expires_at: number
}
