/**
 * Mail for the demonstration: some hundreds of messages of many kinds, the same ones for the same seed. All names are
 * from the domains that RFC 2606 keeps for examples; test patterns are put together at run time, so that no scanner
 * takes this file for an infected one.
 */
export interface DemoMail {
  /** What it is, for the account of what happened. */
  kind: (typeof kinds)[number]
  sender: string
  recipients: string[]
  message: Buffer
  smtputf8: boolean
  eightBit: boolean
}

const kinds = [
  'clean',
  'spam by verdict header',
  'spam test pattern (GTUBE)',
  'virus test pattern (EICAR)',
  'program as attachment',
  'many recipients',
  '8-bit text',
  'internationalised addresses (SMTPUTF8)',
  'large',
] as const

/** Out of a hundred. */
const shares: Record<DemoMail['kind'], number> = {
  clean: 38,
  'spam by verdict header': 34,
  'spam test pattern (GTUBE)': 4,
  'virus test pattern (EICAR)': 4,
  'program as attachment': 8,
  'many recipients': 4,
  '8-bit text': 4,
  'internationalised addresses (SMTPUTF8)': 3,
  large: 1,
}

const gtube = ['XJS*C4JDBQADN1.NSBN3*2IDNEN*', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL', '*C.34X'].join('')
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('')
const names = [
  'anna',
  'bilal',
  'chen',
  'dora',
  'emeka',
  'freja',
  'goran',
  'hana',
  'ivo',
  'juana',
  'kofi',
  'lena',
]
const domains = ['example.com', 'example.net', 'example.org']
const topics = [
  'invoice',
  'meeting notes',
  'your parcel',
  'account statement',
  'newsletter',
  'travel plan',
  'offer',
  'payment reminder',
]
const words =
  'please find the attached report we have received your request and will answer within two working days'.split(
    ' ',
  )

export function* demoMails(count: number, seed: number, nowMs: number): Generator<DemoMail> {
  const random = generator(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const address = () => `${pick(names)}@${pick(domains)}`
  const text = (size: number) => {
    let body = ''
    while (body.length < size) body += `${Array.from({ length: 12 }, () => pick(words)).join(' ')}.\r\n`
    return body
  }
  for (let n = 0; n < count; n++) {
    const kind = n < kinds.length ? (kinds[n] as DemoMail['kind']) : byShare(random() * 100)
    const smtputf8 = kind.startsWith('internationalised')
    const mail = {
      kind,
      sender: smtputf8
        ? 'jörg@bücher.example'
        : kind === 'spam by verdict header'
          ? `offers@${pick(['win', 'bank', 'shop'])}.example`
          : address(),
      recipients:
        kind === 'many recipients'
          ? Array.from({ length: 40 }, (_, i) => `member${i + 1}@example.com`)
          : [smtputf8 ? 'δοκιμή@example.org' : address()],
      smtputf8,
      eightBit: smtputf8 || kind === '8-bit text',
    }
    const subject = `${pick(topics)} ${1000 + n}`
    const header = [
      `From: <${mail.sender}>`,
      `To: <${mail.recipients[0]}>`,
      `Subject: ${smtputf8 ? `Grüße: ${subject}` : subject}`,
      `Date: ${new Date(nowMs - (count - n) * 60_000).toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <demo-${seed}-${n}@example.com>`,
      'MIME-Version: 1.0',
      ...(kind === 'spam by verdict header' || kind === 'many recipients'
        ? [
            'X-Spam-Flag: YES',
            `X-Spam-Score: ${(6 + random() * 20).toFixed(1)}`,
            'X-Spam-Status: Yes, score=12.3 required=5.0 tests=BAYES_99,URIBL_BLACK',
          ]
        : []),
    ]
    yield { ...mail, message: Buffer.from([...header, ...content(kind, text, random)].join('\r\n')) }
  }
}

function content(kind: DemoMail['kind'], text: (size: number) => string, random: () => number): string[] {
  const plain = (body: string) => [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    body,
  ]
  const attached = (name: string, bytes: Buffer) => {
    const boundary = `part-${Math.floor(random() * 1e9).toString(36)}`
    const lines = bytes.toString('base64').match(/.{1,76}/g) ?? []
    return [
      `Content-Type: multipart/mixed; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=us-ascii',
      '',
      text(200),
      `--${boundary}`,
      'Content-Type: application/octet-stream',
      `Content-Disposition: attachment; filename="${name}"`,
      'Content-Transfer-Encoding: base64',
      '',
      ...lines,
      `--${boundary}--`,
      '',
    ]
  }
  switch (kind) {
    case 'spam test pattern (GTUBE)':
      return plain(`${text(100)}${gtube}\r\n`)
    case 'virus test pattern (EICAR)':
      return attached('statement.com', Buffer.from(eicar))
    case 'program as attachment':
      return attached(
        'invoice.pdf.exe',
        Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), Buffer.alloc(4000, 7)]),
      )
    case 'large':
      return plain(text(3_000_000))
    case '8-bit text':
      return plain(
        `Zażółć gęślą jaźń, naïve façade, 日本語.\r\n${text(500)}X-Spam: no\r\n..dots\r\n.\r\n. end\r\n`,
      )
    default:
      return plain(text(300 + random() * 8000))
  }
}

function byShare(point: number): DemoMail['kind'] {
  let passed = 0
  for (const kind of kinds) {
    passed += shares[kind]
    if (point < passed) return kind
  }
  return 'clean'
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
