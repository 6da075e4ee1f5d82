/** The rows of users (people whose mail is held) and of the services that answer them; as schema.ts has the others. */
export type AddressKind = 'own' | 'alias' | 'delegated'

/** Somebody whose mail is held; an account is for administrators. */
export interface UsersTable {
  id: number
  /** The primary address. */
  name: string
  name_key: string
  display: string
  /** Who knew of this user first: `administrator`, a way of signing in. */
  source: string
  /** '': none; then another way of signing in must recognise the user. */
  password: string
  /** '' for both: as the browser says. */
  locale: string
  time_zone: string
  /** JSON, what was set only. */
  preferences: string
  created_at: number
  disabled_at: number | null
  seen_at: number | null
}

/** An address that a user may act for. */
export interface UserAddressesTable {
  user_id: number
  address_key: string
  address: string
  kind: AddressKind
  /** A way of signing in replaces what it told the last time, and nothing else. */
  source: string
  added_by: string
  added_at: number
}

export interface UserSessionsTable {
  hash: string
  user_id: number
  created_at: number
  expires_at: number
  seen_at: number
  origin: string
  /** The way of signing in. */
  method: string
}

/** Good once. */
export interface UserTokensTable {
  hash: string
  /** Null: whoever has that address is not known yet. */
  user_id: number | null
  address_key: string
  purpose: 'sign-in' | 'invite' | 'delegation'
  created_at: number
  expires_at: number
  used_at: number | null
  /** Of a code that somebody types: wrong ones that were entered meanwhile. */
  attempts: number
}

/** A service for users that runs, or did until lately. */
export interface ServicesTable {
  id: number
  kind: 'primary' | 'secondary'
  /** Name of its machine. */
  host: string
  /** Where the others reach it. */
  url: string
  /** SHA-256 of its certificate, as Node writes it. */
  fingerprint: string
  version: string
  started_at: number
  /** By the clock of its machine: that it changes says that it lives. */
  seen_at: number
}
