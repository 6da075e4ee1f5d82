/**
 * What a part truly is, by its first bytes. Names and declared types are the sender's words; these are what a program
 * that opens the file goes by. Null when the bytes say nothing (plain text, say). Pure; never throws.
 */
interface Magic {
  type: string
  at: number
  bytes: Buffer
}

const magic = (type: string, bytes: string, at = 0): Magic => ({
  type,
  at,
  bytes: Buffer.from(bytes, 'latin1'),
})

/** In this order; the first that fits. Types are the ones of the IANA registry where it has one. */
const magics: readonly Magic[] = [
  magic('application/x-elf', '\x7fELF'),
  magic('application/x-mach-binary', '\xfe\xed\xfa\xce'),
  magic('application/x-mach-binary', '\xfe\xed\xfa\xcf'),
  magic('application/x-mach-binary', '\xce\xfa\xed\xfe'),
  magic('application/x-mach-binary', '\xcf\xfa\xed\xfe'),
  magic('application/wasm', '\0asm'),
  magic('application/pdf', '%PDF-'),
  magic('application/vnd.rar', 'Rar!\x1a\x07'),
  magic('application/x-7z-compressed', "7z\xbc\xaf'\x1c"),
  magic('application/gzip', '\x1f\x8b\x08'),
  magic('application/x-bzip2', 'BZh'),
  magic('application/x-xz', '\xfd7zXZ\0'),
  magic('application/zstd', '(\xb5/\xfd'),
  magic('application/x-lzip', 'LZIP\x01'),
  magic('application/vnd.ms-cab-compressed', 'MSCF\0\0\0\0'),
  magic('application/x-ace-compressed', '**ACE**', 7),
  magic('application/x-arj', '\x60\xea'),
  magic('application/vnd.ms-htmlhelp', 'ITSF'),
  magic('application/vnd.ms-tnef', 'x\x9f>"'),
  magic('application/rtf', '{\\rt'),
  magic('application/x-ms-shortcut', 'L\0\0\0\x01\x14\x02\0'),
  magic('application/x-onenote', '\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d'),
  magic('application/x-vhd', 'conectix'),
  magic('application/x-vhdx', 'vhdxfile'),
  magic('application/x-tar', 'ustar', 257),
  magic('image/png', '\x89PNG\r\n'),
  magic('image/jpeg', '\xff\xd8\xff'),
  magic('image/gif', 'GIF8'),
  magic('image/tiff', 'II*\0'),
  magic('image/tiff', 'MM\0*'),
  magic('audio/mpeg', 'ID3'),
  magic('application/ogg', 'OggS'),
  magic('application/x-shockwave-flash', 'FWS'),
  magic('application/x-shockwave-flash', 'CWS'),
  magic('application/pgp-encrypted', '-----BEGIN PGP MESSAGE-----'),
]

/** Where ISO 9660 and UDF have their mark; far behind the head, so readers bring these few bytes separately. */
export const isoMarkAt = 32_768
const isoMarks = ['CD001', 'BEA01', 'NSR02', 'NSR03']

/**
 * @param head the first bytes of the decoded part, 4 KB or the whole of it.
 * @param isoMark the bytes from `isoMarkAt` on, when the part is that long.
 */
export function trueTypeOf(head: Buffer, isoMark?: Buffer): string | null {
  if (isoMark && isoMarks.includes(isoMark.toString('latin1', 1, 6))) return 'application/x-iso9660-image'
  if (head.length < 2) return null
  const first = head[0]!
  if (first === 0x4d && head[1] === 0x5a) return dosProgram(head)
  if (first === 0x50 && head[1] === 0x4b) return zipContent(head)
  if (first === 0xd0 && head.toString('latin1', 0, 8) === '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')
    return oleContent(head)
  // 0xcafebabe begins Java classes and universal Mach-O; what follows is a version or a (small) number of parts.
  if (first === 0xca && head.toString('latin1', 0, 4) === '\xca\xfe\xba\xbe' && head.length >= 8)
    return head.readUInt32BE(4) < 40 ? 'application/x-mach-binary' : 'application/java-vm'
  if (first === 0x52 && head.toString('latin1', 0, 4) === 'RIFF' && head.toString('latin1', 8, 12) === 'WEBP')
    return 'image/webp'
  if (first === 0x42 && head[1] === 0x4d && head.length > 14 && head.readUInt32LE(6) === 0) return 'image/bmp'
  for (const { type, at, bytes } of magics) {
    if (
      head[at] === bytes[0] &&
      head.length >= at + bytes.length &&
      bytes.compare(head, at, at + bytes.length) === 0
    )
      return type
  }
  return textualType(head)
}

/** `MZ` are also two letters: a program has its header's binary numbers behind them. */
function dosProgram(head: Buffer): string | null {
  if (head.length < 64) return head.includes(0) ? 'application/x-msdownload' : null
  const newHeader = head.readUInt32LE(60)
  if (
    newHeader + 2 <= head.length &&
    /^(PE|NE|LE|LX)/.test(head.toString('latin1', newHeader, newHeader + 2))
  )
    return 'application/vnd.microsoft.portable-executable'
  return head.subarray(0, 64).includes(0) ? 'application/x-msdownload' : null
}

const officeFolders: readonly [string, string][] = [
  ['word/', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xl/', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ppt/', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
]

/** A zip container by the names of its first members. */
function zipContent(head: Buffer): string | null {
  const mark = head.toString('latin1', 2, 4)
  if (mark === '\x05\x06' || mark === '\x07\x08') return 'application/zip'
  if (mark !== '\x03\x04') return null
  const text = head.toString('latin1')
  const nameLength = head.length >= 30 ? head.readUInt16LE(26) : 0
  const firstName = text.slice(30, 30 + nameLength)
  if (firstName === 'mimetype') {
    const declared = /^mimetype(application\/[\w.+-]{1,80}?)PK/.exec(text.slice(30, 200))
    return declared?.[1] ?? 'application/zip'
  }
  for (let at = 0; at >= 0; at = text.indexOf('PK\x03\x04', at + 4)) {
    if (at + 30 > text.length) break
    const name = text.slice(at + 30, at + 30 + head.readUInt16LE(at + 26))
    for (const [folder, type] of officeFolders) if (name.startsWith(folder)) return type
    if (name.startsWith('META-INF/MANIFEST.MF')) return 'application/java-archive'
    if (name === 'AndroidManifest.xml') return 'application/vnd.android.package-archive'
  }
  return firstName === '[Content_Types].xml'
    ? 'application/vnd.openxmlformats-officedocument'
    : 'application/zip'
}

/** OLE2 holds old Office files, Outlook messages and installers; the root's class tells, where it is in the head. */
function oleContent(head: Buffer): string {
  const text = head.toString('latin1')
  const has = (name: string) => text.includes([...name].join('\0'))
  if (has('__substg1.0_')) return 'application/vnd.ms-outlook'
  if (text.includes('\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0F')) return 'application/x-msi'
  if (has('WordDocument')) return 'application/msword'
  if (has('Workbook')) return 'application/vnd.ms-excel'
  if (has('PowerPoint Document')) return 'application/vnd.ms-powerpoint'
  return 'application/x-ole-storage'
}

/**
 * Whether a text of a kind that is known could begin so: behind a mark and blanks stands `<`, `[`, `#` or a word with a
 * colon. Most parts are told by it, without a string of them.
 */
function mayBeginText(head: Buffer): boolean {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  while (at < head.length && isBlank(head[at]!)) at++
  const first = head[at] ?? 0
  if (first === 0x3c || first === 0x5b || first === 0x23) return true
  while (at < head.length && isInWord(head[at]!)) at++
  return head[at] === 0x3a
}

/** As String.trimStart takes it, in Latin-1. */
const isBlank = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === 0xa0
const isInWord = (byte: number): boolean => byte === 0x2d || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)

const htmlStart = /^<(!doctype html|html|head|body|script|iframe|meta |title|table|style|div|a href)/
const emailStart =
  /^(received|return-path|from|date|message-id|mime-version|delivered-to|x-[a-z-]+):[^\n]*\n[a-z-]+:/

function textualType(head: Buffer): string | null {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (!wide && !mayBeginText(head)) return null
  const start = head.toString('latin1', 0, 1024)
  const text = (wide ? start.replaceAll('\0', '').slice(2) : start).replace(/^\xef\xbb\xbf/, '')
  if (text.startsWith('#!')) return 'text/x-shellscript'
  const lower = text.trimStart().toLowerCase()
  if (lower.startsWith('<')) {
    if (htmlStart.test(lower)) return 'text/html'
    if (lower.startsWith('<svg') || (lower.startsWith('<?xml') && lower.includes('<svg')))
      return 'image/svg+xml'
    if (lower.startsWith('<?xml')) return lower.includes('<html') ? 'text/html' : 'application/xml'
    if (lower.startsWith('<!--') && lower.includes('<html')) return 'text/html'
    if (lower.startsWith('<?php')) return 'application/x-httpd-php'
    return null
  }
  if (emailStart.test(lower)) return 'message/rfc822'
  if (lower.startsWith('[internetshortcut]')) return 'application/x-mswinurl'
  if (lower.startsWith('begin:vcalendar')) return 'text/calendar'
  if (lower.startsWith('begin:vcard')) return 'text/vcard'
  return null
}
