/**
 * Headers that every answer has. Data is never cached, never sniffed, never framed and never a page of its own: the
 * policy forbids everything, and a page that needs more says so itself.
 */
export const everyAnswer: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
  'strict-transport-security': 'max-age=31536000',
}

/** For a page of ours with one style sheet in it, known by its hash, and nothing else. */
export const pagePolicy = (styleHash: string): string =>
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Instead of those, for the content of a message in a frame of our own pages: pictures inside the page, and nothing else. */
export const renderedAnswer: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox",
  'x-frame-options': 'SAMEORIGIN',
}

/** `filename` of a download: letters and digits of the subject, then the id; nothing that a header could be made of. */
export function downloadName(subject: string, id: string): string {
  const words = subject
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .slice(0, 200)
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '')
  return words === '' ? `${id}.eml` : `${words}-${id}.eml`
}

const partNameChars = 120
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/**
 * Content-Disposition (RFC 6266, RFC 8187) of a part, which is saved, whatever it is. Of the name that it was given the
 * letters remain; no path, no device, nothing that cannot be seen or that turns the direction of writing, and the ending
 * stays the ending.
 * @param fallback when nothing remains.
 */
export function attachmentHeader(name: string, fallback: string): string {
  const cleaned = name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[<>:"/\\|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+/, '')
    .slice(-1000)
  const kept = ending(withoutEnd(cleaned))
  const safe = kept === '' ? fallback : devices.test(kept) ? `_${kept}` : kept
  const ascii = safe.replace(/[^\x20-\x7e]/g, '_').replaceAll('%', '_')
  const encoded = encodeURIComponent(safe.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** Without dots and blanks at the end, which Windows drops. */
function withoutEnd(name: string): string {
  let end = name.length
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end--
  return name.slice(0, end)
}

/** At most partNameChars, cut before what follows the last dot. */
function ending(name: string): string {
  if (name.length <= partNameChars) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= 20 ? name.slice(dot) : ''
  return `${name.slice(0, partNameChars - extension.length)}${extension}`
}
