/** What letters with links and codes say, in each language. Plain text, no markup. */

/** The parts of a letter; between `lead` and `after` stands its link or its code. */
export interface Words {
  subject: string
  lead: readonly string[]
  /** On the button, or before the code. */
  action: string
  after: readonly string[]
}

export interface LetterText {
  /** @param organisation '' when it has no name. */
  quarantine(organisation: string): string
  hours(n: number): string
  /** @param where what `quarantine` says. */
  signIn(where: string, minutes: number): Words
  /** @param display the name of the person, or ''; @param lasts what `hours` says. */
  invitation(where: string, display: string, lasts: string): Words
  newPassword(where: string, display: string, lasts: string): Words
  /** @param who asks; @param address for the mail of this one. */
  delegation(where: string, who: string, address: string, lasts: string): Words
}
