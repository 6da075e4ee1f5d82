/**
 * From what is held for somebody to a mail: text that reads well in a plain client, and the same as HTML without style
 * sheet, script, picture or colours of its own, so that it looks right on dark and light. Sender and subject are the
 * senders' own words: escaped, on one line, and unable to turn the direction of what stands beside them.
 */
import { escapeHtml } from '../render/entities.ts'
import { neutralLine } from '../render/neutral.ts'
import type { Language } from './schedule.ts'
import type { DigestText } from './text/digest-text.ts'
import { reasonText, texts } from './text/text.ts'
import { wrapped } from './wrap.ts'

export interface DigestItem {
  /** Envelope sender; '' is the null sender. */
  sender: string
  /** From: of the message. */
  headerFrom: string
  subject: string
  reason: string
  /** Milliseconds. */
  receivedAt: number
  expiresAt: number
  /** Addresses for which it is held, where it is not (only) the user's primary one. */
  to: readonly string[]
  /** Null: the user may not release it. */
  notSpamUrl: string | null
  /** Not Spam, and the sender is approved. Null: so, or it has no sender. */
  approveUrl: string | null
  deleteUrl: string
}

export interface Digest {
  language: Language
  timeZone: string
  organisation: string
  items: readonly DigestItem[]
  /** Including those that are not listed. */
  total: number
  consoleUrl: string
  unsubscribeUrl: string
}

export interface WrittenDigest {
  subject: string
  text: string
  html: string
}

const subjectChars = 200
const senderChars = 150
const listedAddresses = 5

export function writeDigest(digest: Digest): WrittenDigest {
  const text = texts[digest.language]
  const lines = digest.items.map((item) => linesOf(text, digest, item))
  return {
    subject: text.subject(digest.total),
    text: plainOf(text, digest, lines),
    html: htmlOf(text, digest, lines),
  }
}

interface Lines {
  subject: string
  /** Label and value; the value may be of strangers. */
  facts: [label: string, value: string][]
  item: DigestItem
}

function linesOf(text: DigestText, { language, timeZone }: Digest, item: DigestItem): Lines {
  const at = (ms: number) => dateFormat(language, timeZone).format(ms)
  return {
    subject: shortLine(item.subject, subjectChars) || text.noSubject,
    facts: [
      [text.from, shortLine(item.headerFrom || item.sender, senderChars) || text.noSender],
      ...(item.to.length > 0
        ? [
            [
              text.to,
              item.to
                .slice(0, listedAddresses)
                .map((one) => shortLine(one, senderChars))
                .join(', '),
            ] as [string, string],
          ]
        : []),
      [text.received, at(item.receivedAt)],
      [text.heldFor, reasonText(text, item.reason)],
      [text.expires, at(item.expiresAt)],
    ],
    item,
  }
}

/** Between pictures a joiner makes one of them: there it hides nothing. */
const joined =
  /(\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\[U\+200D\](?=\p{Extended_Pictographic})/gu

/** One line of somebody else's words. */
export function shortLine(words: string, limitChars: number): string {
  const line = words
    .slice(0, limitChars * 4)
    .replace(/\s+/g, ' ')
    .trim()
  const chars = [...line]
  const short = chars.length <= limitChars ? line : `${chars.slice(0, limitChars).join('')}…`
  return neutralLine(short).replace(joined, '$1\u200d')
}

const formats = new Map<string, Intl.DateTimeFormat>()

export function dateFormat(language: Language, timeZone: string): Intl.DateTimeFormat {
  const key = `${language} ${timeZone}`
  const known = formats.get(key)
  if (known) return known
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone,
  })
  formats.set(key, format)
  return format
}

/** Further in than anything of ours. */
const furtherIn = '      '

function plainOf(text: DigestText, digest: Digest, lines: readonly Lines[]): string {
  const { total, organisation, items, consoleUrl, unsubscribeUrl } = digest
  const blocks = lines.map(({ subject, facts, item }, i) =>
    [
      wrapped(`${i + 1}. ${subject}`, furtherIn),
      ...facts.map(([label, value]) => wrapped(`   ${label}: ${value}`, furtherIn)),
      '',
      ...(item.notSpamUrl === null
        ? [wrapped(`   ${text.askInConsole}`, '   ')]
        : [`   ${text.notSpam}`, `   ${item.notSpamUrl}`]),
      ...(item.approveUrl === null ? [] : [`   ${text.approve}`, `   ${item.approveUrl}`]),
      `   ${text.delete}`,
      `   ${item.deleteUrl}`,
      '',
      '',
    ].join('\n'),
  )
  const more = total > items.length ? `${text.andMore(total - items.length)}\n\n` : ''
  return (
    `${wrapped(text.intro(total, organisation))}\n\n\n${blocks.join('')}${more}${text.openConsole}:\n${consoleUrl}\n\n` +
    `--\u0020\n${wrapped(text.footer)}\n${text.unsubscribe}:\n${unsubscribeUrl}\n`
  )
}

const font =
  'font-family:system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;font-size:15px;line-height:1.5'
const button =
  'display:inline-block;margin:8px 8px 0 0;padding:8px 14px;border:1px solid #808080;border-radius:6px;text-decoration:none'
const box =
  'margin:0 0 16px;padding:12px 14px;border:1px solid #808080;border-radius:8px;overflow-wrap:anywhere'

/** Without a colour, which would be wrong on one of light and dark. */
const quiet = 'opacity:.75'

const link = (url: string, words: string): string =>
  `<a style="${button}"\nhref="${escapeHtml(url)}">${escapeHtml(words)}</a>`

/** Short lines: what is longer would be broken up by quoted-printable. */
function htmlOf(text: DigestText, digest: Digest, lines: readonly Lines[]): string {
  const { language, total, organisation, items, consoleUrl, unsubscribeUrl } = digest
  const blocks = lines.map(
    ({ subject, facts, item }) =>
      `<div style="${box}">\n<div style="font-weight:bold"><bdi>${escapeHtml(subject)}</bdi></div>\n` +
      facts
        .map(
          ([label, value]) =>
            `<div><span style="${quiet}">${escapeHtml(label)}:</span> <bdi>${escapeHtml(value)}</bdi></div>\n`,
        )
        .join('') +
      (item.notSpamUrl === null
        ? `<div>${escapeHtml(text.askInConsole)}</div>\n`
        : `${link(item.notSpamUrl, text.notSpam)}\n`) +
      (item.approveUrl === null ? '' : `${link(item.approveUrl, text.approve)}\n`) +
      `${link(item.deleteUrl, text.delete)}\n</div>\n`,
  )
  const more = total > items.length ? `<p>${escapeHtml(text.andMore(total - items.length))}</p>\n` : ''
  return (
    `<!DOCTYPE html>\n<html lang="${language}">\n<head>\n<meta charset="utf-8">\n` +
    '<meta name="viewport" content="width=device-width">\n' +
    '<meta name="color-scheme" content="light dark">\n<meta name="supported-color-schemes" content="light dark">\n' +
    `<title>${escapeHtml(text.heading)}</title>\n</head>\n` +
    `<body style="margin:0;padding:16px">\n<div style="max-width:640px;margin:0 auto;${font}">\n` +
    `<h1 style="font-size:20px;margin:0 0 8px">${escapeHtml(text.heading)}</h1>\n` +
    `<p>${escapeHtml(text.intro(total, organisation))}</p>\n${blocks.join('')}${more}` +
    `<p>${link(consoleUrl, text.openConsole)}</p>\n` +
    `<p style="font-size:13px">${escapeHtml(text.footer)}<br>\n<a href="${escapeHtml(unsubscribeUrl)}">` +
    `${escapeHtml(text.unsubscribe)}</a></p>\n</div>\n</body>\n</html>\n`
  )
}
