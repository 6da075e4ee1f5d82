/** Numbers in sentences: `plural(3, { one: 'message', other: 'messages' })` → '3 messages'. */
const rules = new Intl.PluralRules('en')
const numbers = new Intl.NumberFormat('en')

export const count = (n: number): string => numbers.format(n)

export const plural = (n: number, words: { one: string; other: string }): string =>
  `${count(n)} ${rules.select(n) === 'one' ? words.one : words.other}`
