/** Numbers in sentences: `plural(3, { one: 'message', other: 'messages' })` → '3 messages'. */
export interface NumberWords {
  count: (n: number) => string
  /** A language without a form of its own for one, as Japanese, gives `other` only. */
  plural: (n: number, forms: { one?: string; other: string }) => string
}

export function words(language: string): NumberWords {
  const rules = new Intl.PluralRules(language)
  const numbers = new Intl.NumberFormat(language)
  const count = (n: number): string => numbers.format(n)
  return {
    count,
    plural: (n, { one, other }) => `${count(n)} ${rules.select(n) === 'one' ? (one ?? other) : other}`,
  }
}

export const { count, plural } = words('en')
