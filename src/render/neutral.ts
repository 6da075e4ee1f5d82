/**
 * Text that cannot pretend to be another: characters that turn the direction of writing, or are not seen at all, become
 * visible. For names of files and targets of links whole; in running text only what no honest text needs (UAX #9, UTS #39).
 */
const hidden =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu
const overrides = /[\u202a-\u202e\u2066-\u2069]/g

const shown = (char: string): string =>
  `[U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`

/** For one line: a name, an address, the target of a link. */
export const neutralLine = (text: string): string => text.toWellFormed().replace(hidden, shown)

/** For running text, which may be written from right to left: only embeddings and overrides. */
export const neutralText = (text: string): string => text.replace(overrides, shown)

/** For source text, where everything is to be seen: controls as pictures of themselves; line ends and tabs stay. */
export const visibleSource = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (char) =>
      char === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + char.charCodeAt(0)),
    )
    .replace(/[\u0080-\u009f]/g, shown)
    .replace(overrides, shown)
    .replace(/[\u061c\u200b-\u200f\u2028\u2029\u2060-\u2064\ufeff]/g, shown)
