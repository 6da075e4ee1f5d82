/**
 * A way of telling that somebody is who he says: by the password kept here, or by asking a server of the organisation
 * (a directory, a mail server). Methods know nothing of sessions, throttling or users' rows. What a server answers is
 * hostile until it was read.
 */

/** Somebody, as the method knows him. */
export interface Recognised {
  /** The primary address, as the method writes it. */
  name: string
  /** Of the person, for people; may be empty. */
  display: string
  /** His own addresses and aliases; `name` is among them. */
  addresses: readonly string[]
  /** Which method, and of several of a kind which: goes into rows, such as `local` or `ldap example.org`. */
  source: string
  /** The hash of a password kept here that it rests on: when that is another by now, it was the old password. */
  passwordHash?: string
}

export interface SignInMethod {
  readonly kind: 'local' | 'ldap' | 'imap' | 'smtp'
  /**
   * Null: wrong name or wrong password, without saying which, and in the same time as far as it is ours to say. `password`
   * is never empty. `signal` aborts when nobody waits for the answer any more.
   * @throws Problem 'unavailable' when the server cannot be asked; anything else thrown is a bug.
   */
  check(name: string, password: string, signal: AbortSignal): Promise<Recognised | null>
}
