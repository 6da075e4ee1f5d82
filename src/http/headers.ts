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
