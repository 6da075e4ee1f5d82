/** How many columns text takes on a terminal, or in a mail that is read on one. */

/** Letters that take two columns (UAX #11): of East Asia, and pictures. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u

export const isWide = (char: string): boolean => wide.test(char)

/** Marks, and what joins pictures, stand on the letter before them. */
export const charWidth = (char: string): number =>
  /[\p{Mn}\p{Me}\u200d]/u.test(char) ? 0 : isWide(char) ? 2 : 1

export function textWidth(text: string): number {
  let width = 0
  for (const char of text) width += charWidth(char)
  return width
}
