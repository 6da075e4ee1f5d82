/**
 * The small pages behind the links of digests: made here, without script, picture or anything from elsewhere, so that
 * they work in whatever a mail client opens. Sender and subject are text.
 */
import { createHash } from 'node:crypto'
import { type Language, languages } from '../../digest/schedule.ts'
import { texts } from '../../digest/text/text.ts'
import { escapeHtml } from '../../render/entities.ts'

const style = `:root{color-scheme:light dark}
body{margin:0;padding:16px;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif}
main{max-width:36rem;margin:0 auto}
h1{font-size:1.3rem}
dl{margin:0 0 1rem;padding:.75rem 1rem;border:1px solid #808080;border-radius:8px;overflow-wrap:anywhere}
dt{font-size:.85rem}
dd{margin:0 0 .5rem}
button{min-height:44px;padding:0 1.2rem;font:inherit;border:1px solid #808080;border-radius:8px}
a{display:inline-block;min-height:24px}`

/** A form of our own that is sent to us, one style sheet, and nothing else. */
export const digestPageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
  'x-robots-tag': 'noindex, nofollow',
}

export interface DigestPage {
  /** What will happen, or has. */
  words: string
  facts?: readonly (readonly [label: string, value: string])[]
  /** The button; its form is sent to the page's own address. */
  button?: { name: string; action: string }
  link?: { name: string; url: string }
}

export function digestPage(language: Language, { words, facts = [], button, link }: DigestPage): string {
  const { page } = texts[language]
  const list = facts.map(
    ([label, value]) => `<dt>${escapeHtml(label)}</dt><dd><bdi>${escapeHtml(value)}</bdi></dd>`,
  )
  return (
    `<!DOCTYPE html>\n<html lang="${language}">\n<head><meta charset="utf-8">` +
    '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex,nofollow">' +
    `<title>${escapeHtml(page.title)}</title><style>${style}</style></head>\n` +
    `<body><main><h1>${escapeHtml(page.title)}</h1>\n` +
    (list.length > 0 ? `<dl>${list.join('\n')}</dl>\n` : '') +
    `<p role="status">${escapeHtml(words)}</p>\n` +
    (button
      ? `<form method="post"><input type="hidden" name="do" value="${escapeHtml(button.action)}">` +
        `<button type="submit">${escapeHtml(button.name)}</button></form>\n`
      : '') +
    (link ? `<p><a href="${escapeHtml(link.url)}">${escapeHtml(link.name)}</a></p>\n` : '') +
    '</main></body>\n</html>\n'
  )
}

/** The first language that the browser asks for and we have. */
export function browserLanguage(accept: string | undefined, fallback: Language): Language {
  for (const part of (accept ?? '').slice(0, 500).split(',')) {
    const wanted = part.trim().slice(0, 2).toLowerCase()
    const known = languages.find((language) => language === wanted)
    if (known) return known
  }
  return fallback
}
