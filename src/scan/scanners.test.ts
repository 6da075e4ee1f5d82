/** What the built-in scanners see, and that nobody can talk them into anything from outside. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attachment } from '../mail/message.ts'
import { createReader } from '../mail/reader.ts'
import { eicar, gtube } from '../mail/test-patterns.ts'
import { defaultsOf } from '../options.ts'
import { symptomsOf } from './attachments.ts'
import { scanOptions } from './options.ts'
import { networkError, peersOf } from './peers.ts'
import type { Scannable, Verdict } from './scanner.ts'
import { scannersOf } from './scanners.ts'
import { authenticationOf } from './upstream.ts'

const settings = defaultsOf(scanOptions)

function mailOf(message: string, peerIp: string): Scannable {
  const reader = createReader()
  reader.push(Buffer.from(message))
  return {
    facts: reader.end(),
    envelope: {
      via: 'smtp',
      sender: 'a@b',
      recipients: [],
      body: null,
      smtputf8: false,
      client: { ip: peerIp, port: null, name: null, helo: null, protocol: 'ESMTP' },
      peerIp,
    },
    async *content() {},
  }
}

async function judge(message: string, peerIp = '127.0.0.1'): Promise<Verdict[]> {
  const mail = mailOf(message, peerIp)
  const signal = new AbortController().signal
  const verdicts = await Promise.all(scannersOf(settings).map((scanner) => scanner.scan(mail, signal)))
  return verdicts.filter((verdict) => verdict !== null)
}

const spamd =
  'X-Spamd-Result: default: False [7.10 / 15.00];\r\n\tBAYES_SPAM(5.10)[99.99%];\r\n\tMIME_GOOD(-0.10)[text/plain];\r\n\tR_SPF_FAIL(1.00)[-all]\r\n'

/** Header, scanner, result, score, threshold, names of symptoms. */
const headers: [string, string, string, number | null, number | null, string][] = [
  ['X-Spam-Flag: YES\r\n', 'spam-headers', 'spam', null, null, ''],
  ['X-Spam-Flag: NO\r\n', 'spam-headers', 'clean', null, null, ''],
  [
    'X-Spam-Status: Yes, score=15.2 required=5.0 tests=BAYES_99,HTML_MESSAGE,\r\n\tURIBL_BLACK autolearn=no version=3.4.6\r\n',
    'spam-headers',
    'spam',
    15.2,
    5,
    'BAYES_99 HTML_MESSAGE URIBL_BLACK',
  ],
  [
    'X-Spam-Status: No, score=-1.9 tagged_above=-999 required=6.2 tests=[BAYES_00=-1.9, SPF_PASS=-0.001] autolearn=ham\r\n',
    'spam-headers',
    'clean',
    -1.9,
    6.2,
    'BAYES_00 SPF_PASS',
  ],
  ['X-Spam-Status: No, score=0.0 required=5.0 tests=none\r\n', 'spam-headers', 'clean', 0, 5, ''],
  ['X-Spam-Score: 6.5 (++++++)\r\n', 'spam-headers', 'clean', 6.5, null, ''],
  ['X-Spam-Level: *******\r\n', 'spam-headers', 'clean', 7, null, ''],
  [
    'X-Spam-Status: Yes, score=9 required=5 tests=PHISH_LINK\r\n',
    'spam-headers',
    'phishing',
    9,
    5,
    'PHISH_LINK',
  ],
  [spamd, 'rspamd-headers', 'clean', 7.1, 15, 'BAYES_SPAM MIME_GOOD R_SPF_FAIL'],
  [
    `${spamd}X-Rspamd-Action: add header\r\n`,
    'rspamd-headers',
    'spam',
    7.1,
    15,
    'BAYES_SPAM MIME_GOOD R_SPF_FAIL',
  ],
  ['X-Rspamd-Action: no action\r\n', 'rspamd-headers', 'clean', null, null, ''],
  ['X-Rspamd-Action: soft reject\r\nX-Rspamd-Score: 3.5\r\n', 'rspamd-headers', 'suspect', 3.5, null, ''],
  [
    'X-Spamd-Result: default: True [21.5 / 15.0]; CLAM_VIRUS(10.00)[Win.Test]\r\n',
    'rspamd-headers',
    'malware',
    21.5,
    15,
    'CLAM_VIRUS',
  ],
  ['X-Virus-Status: Infected (Win.Test.EICAR_HDB-1)\r\n', 'virus-headers', 'malware', null, null, 'VIRUS'],
  [
    'X-Amavis-Alert: INFECTED, message contains virus: Eicar-Signature\r\n',
    'virus-headers',
    'malware',
    null,
    null,
    'VIRUS',
  ],
  ['X-Amavis-Alert: BANNED, message contains .exe\r\n', 'virus-headers', 'suspect', null, null, 'BANNED'],
  ['X-Virus-Status: Clean\r\n', 'virus-headers', 'clean', null, null, ''],
  ['X-Virus-Scanned: clamav-milter 1.0\r\n', 'virus-headers', 'clean', null, null, ''],
]
for (const [header, scanner, result, score, threshold, symptoms] of headers)
  test(`verdict header ${header.slice(0, 60).trim()}`, async () => {
    const [verdict, ...more] = await judge(`${header}Subject: s\r\n\r\nx`)
    assert.deepEqual(more, [])
    assert.deepEqual(
      [
        verdict?.scanner,
        verdict?.result,
        verdict?.score,
        verdict?.threshold,
        verdict?.symptoms.map(({ name }) => name).join(' '),
      ],
      [scanner, result, score, threshold, symptoms],
    )
    assert.deepEqual(await judge(`${header}\r\nx`, '192.0.2.66'), [], 'from a stranger it has no effect')
  })

test('a forged NO does not outweigh a YES', async () => {
  const [verdict] = await judge(
    'X-Spam-Flag: NO\r\nX-Spam-Flag: YES\r\nX-Spam-Status: No, score=-5 required=5\r\n\r\nx',
  )
  assert.equal(verdict?.result, 'spam')
})

test('of several fields the worst one counts, whatever the sender has put before it', async () => {
  const forged = 'X-Spam-Status: No, score=-5 required=5 tests=none\r\nX-Rspamd-Score: -1\r\n'
  const [spam, rspamd] = await judge(
    `${forged}X-Spam-Status: No, score=4.5 required=5 tests=BAYES_99\r\nX-Rspamd-Score: 9\r\nX-Rspamd-Action: no action\r\nX-Rspamd-Action: soft reject\r\n\r\nx`,
  )
  assert.deepEqual([spam?.score, spam?.symptoms.map(({ name }) => name)], [4.5, ['BAYES_99']])
  assert.deepEqual([rspamd?.score, rspamd?.result], [9, 'suspect'])
})

test('forged fields cannot push the real one out of sight', async () => {
  for (const [forged, real] of [
    ['X-Spam-Flag: NO', 'X-Spam-Flag: YES'],
    ['X-Virus-Status: Clean', 'X-Virus-Status: Infected (Win.Test)'],
    ['X-Rspamd-Action: no action', 'X-Rspamd-Action: reject'],
  ]) {
    const [few] = await judge(`${`${forged}\r\n`.repeat(30)}${real}\r\n\r\nx`)
    assert.match(few!.result, /^(spam|malware)$/)
    const [many] = await judge(`${`${forged}\r\n`.repeat(300)}${real}\r\n\r\nx`)
    assert.equal(many?.result, 'suspect')
    assert.match(many!.detail, /more verdict headers/)
  }
})

test('details of virus names are told', async () => {
  assert.equal((await judge('X-Virus-Status: Infected (Win.Test)\r\n\r\n'))[0]?.detail, 'Win.Test')
})

test('test patterns', async () => {
  assert.deepEqual(
    (await judge(`\r\n${gtube}`)).map(({ scanner, result }) => [scanner, result]),
    [['patterns', 'spam']],
  )
  assert.deepEqual(
    (await judge(`\r\n${eicar}`, '192.0.2.1')).map(({ result }) => result),
    ['malware'],
  )
})

test('trusted peers', () => {
  const trusted = peersOf(['127.0.0.0/8', '::1', '2001:db8::/32', '192.0.2.7'])
  for (const ip of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '2001:db8::5', '192.0.2.7'])
    assert.ok(trusted(ip), ip)
  for (const ip of [
    '128.0.0.1',
    '::2',
    '192.0.2.8',
    '::ffff:192.0.2.8',
    '',
    'localhost',
    '127.0.0.1.example',
  ])
    assert.ok(!trusted(ip), ip)
  for (const bad of ['', 'localhost', '127.0.0.1/33', '::1/129', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0.0/x'])
    assert.match(networkError(bad) ?? '', /write/)
  assert.ok(scanOptions.options.trusted_peers.check.safeParse(['10.0.0.0/99']).error)
})

test('authentication results count from trusted hosts, under their own name', () => {
  const message =
    'Authentication-Results: mx.example.com; spf=pass\r\nAuthentication-Results: mx.example.com 1;\r\n dkim=fail\r\nAuthentication-Results: evil.example; dkim=pass\r\n\r\nx'
  const read = authenticationOf(settings)
  assert.deepEqual(read(mailOf(message, '::1')), ['mx.example.com; spf=pass', 'mx.example.com 1; dkim=fail'])
  assert.deepEqual(read(mailOf(message, '192.0.2.1')), [])
  const named = authenticationOf({ ...settings, authentication_servers: ['Evil.example'] })
  assert.deepEqual(named(mailOf(message, '::1')), ['evil.example; dkim=pass'])
})

const exe = 'application/vnd.microsoft.portable-executable'
const attachments: [Partial<Attachment>, string][] = [
  [{ name: 'letter.pdf', trueType: 'application/pdf' }, ''],
  [{ name: 'photo.jpg', type: 'image/jpeg', trueType: 'image/png' }, ''],
  [{ name: 'sheet.xls', trueType: 'text/html' }, ''],
  [{ name: 'sheet.xlsx', trueType: 'application/zip' }, ''],
  [{ name: 'message.com', type: 'message/rfc822', trueType: 'message/rfc822' }, ''],
  [{ name: 'Your order at shop.com', type: 'message/rfc822', trueType: 'message/rfc822' }, ''],
  [{ name: 'Re: see v1.2', type: 'message/rfc822', trueType: 'message/rfc822' }, ''],
  [{ name: 'invoice.js', type: 'message/rfc822', trueType: 'message/rfc822' }, 'SCRIPT_NAME'],
  [{ name: 'a.pdf.exe', type: 'message/global' }, 'DOUBLE_EXTENSION EXECUTABLE_NAME'],
  [{ name: 'setup.exe', trueType: exe }, 'EXECUTABLE_NAME EXECUTABLE_CONTENT'],
  [{ name: 'SETUP.EXE. .' }, 'EXECUTABLE_NAME'],
  [{ name: 'invoice.pdf.exe' }, 'DOUBLE_EXTENSION EXECUTABLE_NAME'],
  [{ name: 'invoice.pdf                    .scr' }, 'DOUBLE_EXTENSION BLANKS_IN_NAME EXECUTABLE_NAME'],
  [{ name: 'ann\u202efdp.exe' }, 'BIDI_NAME EXECUTABLE_NAME'],
  [{ name: 'invoice.js' }, 'SCRIPT_NAME'],
  [{ name: 'invoice.lnk', trueType: 'application/x-ms-shortcut' }, 'SHORTCUT_NAME EXECUTABLE_CONTENT'],
  [{ name: 'invoice.pdf', trueType: exe }, 'TYPE_MISMATCH EXECUTABLE_CONTENT'],
  [{ name: 'invoice.pdf', trueType: 'text/html' }, 'TYPE_MISMATCH WEB_PAGE'],
  [{ name: 'photo.png', trueType: 'application/zip' }, 'TYPE_MISMATCH ARCHIVE'],
  [{ name: '', type: 'image/png', trueType: exe }, 'TYPE_MISMATCH EXECUTABLE_CONTENT'],
  [{ name: 'backup.iso' }, 'DISK_IMAGE'],
  [{ name: 'backup.dat', trueType: 'application/x-iso9660-image' }, 'DISK_IMAGE'],
  [{ name: 'a.docm' }, 'MACRO_DOCUMENT'],
  [{ name: 'a.html' }, 'WEB_PAGE'],
  [{ name: 'a.zip', trueType: 'application/zip' }, 'ARCHIVE'],
]
for (const [fields, symptoms] of attachments)
  test(`attachment ${JSON.stringify(fields)}`, () => {
    const attachment = { name: '', type: 'application/octet-stream', trueType: null, size: 1, ...fields }
    assert.equal(
      symptomsOf(attachment)
        .map(({ name }) => name)
        .join(' '),
      symptoms,
    )
  })

test('harmful attachments make a mail suspect, others do not', async () => {
  const message = (name: string) => `Content-Type: application/octet-stream; name="${name}"\r\n\r\nx`
  assert.equal((await judge(message('a.exe')))[0]?.result, 'suspect')
  const [fine] = await judge(message('a.html'))
  assert.deepEqual([fine?.result, fine?.symptoms[0]?.name], ['clean', 'WEB_PAGE'])
})

test('many harmless attachments do not hide a harmful one', async () => {
  const part = (name: string) => `--b\r\nContent-Type: application/octet-stream; name="${name}"\r\n\r\nx\r\n`
  const parts = Array.from({ length: 200 }, (_, i) => part(`${i}.html`)).join('')
  const [verdict] = await judge(
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}${part('a.docm')}${part('a.exe')}--b--\r\n`,
  )
  assert.equal(verdict?.result, 'suspect')
  assert.match(verdict!.detail, /a\.exe is a program/)
  assert.ok(verdict!.symptoms.some(({ name }) => name === 'MACRO_DOCUMENT'))
  assert.ok(verdict!.symptoms.length < 50)
})
