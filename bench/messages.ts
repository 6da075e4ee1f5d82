/**
 * Makes the mail that the benches send: multipart messages of about a given size, each with plain text, HTML with links
 * and a base64 attachment whose bytes do not compress, as a filter sees them after a few hops. The same seed makes the
 * same mail. Written in the format of native/blast.c; each MARK (in Message-ID, subject and attachment) becomes an id
 * of its own at each sending, so that no two messages are alike and nothing can be kept once for many.
 */
import { writeFileSync } from 'node:fs'

/** As in native/blast.c; legal in a header, in an address and in base64. */
export const mark = 'QQZZuniqueZZmarkQQ00'
const recipientsEach = 20

export interface MessageMix {
  /** About so many octets each. */
  octets: number
  count: number
  seed: number
}

export interface Dice {
  /** 0 ≤ n < below */
  number(below: number): number
  pick<T>(list: readonly T[]): T
  bytes(length: number): Buffer
}

/** xorshift32: small, fast, the same everywhere. */
export function dice(seed: number): Dice {
  let state = (seed ^ 0x6d2b79f5) >>> 0 || 1
  const next = () => {
    state ^= state << 13
    state >>>= 0
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
  const number = (below: number) => next() % below
  return {
    number,
    pick: (list) => list[number(list.length)] as (typeof list)[number],
    bytes(length) {
      const bytes = Buffer.alloc(length + 4)
      for (let i = 0; i < length; i += 4) bytes.writeUInt32LE(next(), i)
      return bytes.subarray(0, length)
    },
  }
}

const words = (
  'account invoice meeting delivery order please confirm attached report quarter update shipment payment offer ' +
  'customer project schedule review contract price discount newsletter password security notice team holiday travel ' +
  'booking ticket support request service change system server backup document draft final version budget forecast ' +
  'the of and to in for with from that this your our will be has been was are not you we as on at by or if'
).split(' ')
const subjects = [
  'Invoice',
  'Re: Meeting',
  'Your order',
  'Delivery notice',
  'Fwd: Contract',
  'Weekly report',
  'Réunion',
  'Angebot',
]
const firstNames = [
  'anna',
  'ben',
  'carla',
  'david',
  'eva',
  'felix',
  'greta',
  'henry',
  'ida',
  'jan',
  'karin',
  'luis',
]
const attachments = [
  ['pdf', 'application/pdf'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['jpg', 'image/jpeg'],
  ['zip', 'application/zip'],
] as const

const wrapAt = (text: string, width: number): string =>
  text.replace(new RegExp(`(.{1,${width}})( |$)`, 'g'), '$1\r\n').trimEnd()
const base64Lines = (bytes: Buffer): string => bytes.toString('base64').replace(/(.{76})(?=.)/g, '$1\r\n')
const encoded = (text: string): string =>
  /^[ -~]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`

const prose = (random: Dice, count: number): string =>
  Array.from({ length: count }, () => random.pick(words)).join(' ')

export interface SampleMail {
  sender: string
  recipients: string[]
  /** CRLF line ends, not dot-stuffed; MARK stands where each sending differs. */
  content: string
}

/** One mail; `n` only spreads dates and ids. */
export function sampleMail(random: Dice, octets: number, n: number): SampleMail {
  const domain = `${random.pick(words)}-${random.number(2000)}.example`
  const sender = `${random.pick(firstNames)}.${random.pick(words)}@${domain}`
  const first = random.number(20_000)
  const recipients = Array.from(
    { length: recipientsEach },
    (_, i) => `${random.pick(firstNames)}.${first + i * 7}@corp-${random.number(20)}.example`,
  )
  const date = new Date(Date.UTC(2026, 0, 5) + n * 37_000).toUTCString().replace('GMT', '+0000')
  const [extension, type] = random.pick(attachments)
  const name = `${random.pick(words)}_${random.number(100_000)}.${extension}`
  const hop = `mx${random.number(9)}.${domain}`
  const outer = `=_outer_${random.bytes(9).toString('hex')}`
  const inner = `=_inner_${random.bytes(9).toString('hex')}`
  const head = [
    `Return-Path: <${sender}>`,
    `Received: from ${hop} (${hop} [192.0.2.${random.number(255)}])\r\n\tby mx.corp.example (MTA) with ESMTPS id ${random.bytes(6).toString('hex')}\r\n\tfor <${recipients[0]}>; ${date}`,
    `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=${domain}; s=s1;\r\n\th=from:to:subject:date:message-id; bh=${random.bytes(32).toString('base64')};\r\n\tb=${base64Lines(random.bytes(256)).replaceAll('\r\n', '\r\n\t ')}`,
    `From: ${encoded(random.pick(firstNames))} <${sender}>`,
    `To: <${recipients[0]}>`,
    `Subject: ${encoded(`${random.pick(subjects)} ${random.number(100_000)}`)} ${mark}`,
    `Date: ${date}`,
    `Message-ID: <${mark}.${n}@${domain}>`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${outer}"`,
  ].join('\r\n')
  const paragraphs = Array.from(
    { length: octets < 8192 ? 4 : 14 },
    () =>
      `<p class="text">${wrapAt(prose(random, 22), 90)} <a href="https://www.${domain}/${random.bytes(8).toString('hex')}">${random.pick(words)}</a></p>`,
  )
  const before = [
    head,
    '',
    `--${outer}\r\nContent-Type: multipart/alternative; boundary="${inner}"`,
    '',
    `--${inner}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 7bit`,
    '',
    wrapAt(prose(random, octets < 8192 ? 80 : 260), 76),
    `--${inner}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 7bit`,
    '',
    `<html><head><meta charset="utf-8"></head><body>\r\n${paragraphs.join('\r\n')}\r\n</body></html>`,
    `--${inner}--`,
    `--${outer}\r\nContent-Type: ${type}; name="${name}"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="${name}"`,
    '',
    '',
  ].join('\r\n')
  const after = `\r\n--${outer}--\r\n`
  const room = Math.max(400, octets - Buffer.byteLength(before) - after.length)
  const attached = base64Lines(random.bytes(Math.floor((room / 78) * 57)))
  return { sender, recipients, content: before + mark + attached.slice(mark.length) + after }
}

/** Writes `count` messages to `path` in the format of native/blast.c. */
export function writeMessages(path: string, { octets, count, seed }: MessageMix): void {
  const random = dice(seed)
  const parts: Buffer[] = []
  for (let n = 1; n <= count; n++) {
    const { sender, recipients, content } = sampleMail(random, octets, n)
    const stuffed = Buffer.from(content.replaceAll('\r\n.', '\r\n..'))
    parts.push(Buffer.from(`${sender} ${stuffed.length} ${recipients.join(',')}\n`), stuffed)
  }
  writeFileSync(path, Buffer.concat(parts))
}
