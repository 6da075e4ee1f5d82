/**
 * What claims to be something else: links whose words name another site than they lead to, files that are declared as
 * another type than their first bytes say. Names for the same thing, and names that say nothing, deceive nobody.
 */

// What a person takes for the name of a site: at the beginning, with or without a scheme.
const site = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}_-]+\.)+\p{L}{2,})\.?(?:[:/?#\s]|$)/iu

const siteIn = (text: string): string | undefined => {
  const said = site.exec(text.trim())?.[1]
  return said && siteOf(`http://${said}`)
}

/** Where a browser would go: what stands before an @ is no site. */
function siteOf(target: string): string | undefined {
  try {
    const { protocol, hostname } = new URL(target)
    return protocol === 'http:' || protocol === 'https:' ? hostname.replace(/^www\./, '') : undefined
  } catch {
    return undefined // no address at all leads nowhere
  }
}

export function deceives({ text, target }: { text: string; target: string }): boolean {
  const said = siteIn(text)
  const truth = siteOf(target)
  if (said === undefined || truth === undefined) return false
  return truth !== said && !truth.endsWith(`.${said}`)
}

const otherNames: Record<string, string> = {
  'application/x-zip': 'application/zip',
  'application/x-zip-compressed': 'application/zip',
  'application/x-pdf': 'application/pdf',
  'application/x-gzip': 'application/gzip',
  'application/x-rar': 'application/vnd.rar',
  'application/x-rar-compressed': 'application/vnd.rar',
  'application/x-bzip': 'application/x-bzip2',
  'application/xml': 'text/xml',
  'text/rtf': 'application/rtf',
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/tif': 'image/tiff',
  'image/x-ms-bmp': 'image/bmp',
  'audio/mp3': 'audio/mpeg',
}
const common = (type: string): string => otherNames[type] ?? type

const sayNothing = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/download'])

/** Containers that many kinds of documents are kept in. */
const containers: Record<string, RegExp> = {
  'application/zip': /^application\/(vnd\.openxmlformats-|vnd\.oasis\.|vnd\.ms-.*macroenabled|epub)|\+zip$/,
  'application/vnd.openxmlformats-officedocument':
    /^application\/(vnd\.openxmlformats-|vnd\.ms-.*macroenabled)/,
  'application/x-ole-storage': /^application\/(msword|vnd\.ms-|vnd\.visio|x-msi)/,
}

/** @param truth what the first bytes say. */
export function contradicts(declared: string, truth: string | null): boolean {
  const type = declared.toLowerCase()
  if (truth === null || sayNothing.has(type) || common(type) === common(truth)) return false
  return !containers[truth]?.test(type)
}
