/**
 * pg_trgm takes letters and digits only. What stands in for punctuation in the columns that it indexes, so that every
 * three characters count: letters of a script that mail seldom has (N'Ko), which have no upper and lower case. Each
 * stands for the other, so that nothing is lost. The function `as_letters` of the database does the same (0006).
 */
const punctuation = '\n !"#$%&\'()*+,-./:;<=>?@[\\]^_{|}~'
const firstLetter = 0x07ca

const swaps = new Map(
  Array.from(punctuation, (char, i) => [char, String.fromCodePoint(firstLetter + i)] as const).flatMap(
    ([char, letter]) => [
      [char, letter],
      [letter, char],
    ],
  ),
)

export const asLetters = (text: string): string =>
  text.replace(/[^\p{L}\p{N}]|[\u07ca-\u07ea]/gu, (char) => swaps.get(char) ?? char)

/** Whether the index has something to look for: three characters in a row that it takes. */
export const hasTrigram = (letters: string): boolean => /[\p{L}\p{N}]{3}/u.test(letters)
