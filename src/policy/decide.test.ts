/** The right decision for each recipient, with a reason people understand; unscanned is never clean. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MessageFacts } from '../mail/message.ts'
import type { Symptom, Verdict } from '../scan/scanner.ts'
import { verdictOf } from '../scan/testing/verdict.ts'
import { compilePolicy } from './compile.ts'
import type { Judged } from './condition.ts'
import { decide, type PolicySettings } from './decide.ts'
import { defaultAreas, defaultRules } from './defaults.ts'

const settings: PolicySettings = {
  onScannerFailure: 'hold',
  unscannedArea: 'Unscanned',
  ownDomains: ['example.com', '*.example.com'],
}

const facts: MessageFacts = {
  size: 10_000,
  from: '',
  fromAddresses: [],
  to: '',
  subject: '',
  date: null,
  messageId: null,
  attachments: [],
  headers: [],
  patterns: [],
  ambiguities: [],
}
interface Mail {
  sender?: string
  recipients?: string[]
  facts?: Partial<MessageFacts>
  verdicts?: Verdict[]
}
const mailOf = (mail: Mail): Judged => ({
  envelope: {
    via: 'smtp',
    sender: mail.sender ?? 'ann@example.org',
    recipients: (mail.recipients ?? ['bob@example.com']).map((address) => ({ address, parameters: {} })),
    body: null,
    smtputf8: false,
    client: { ip: '192.0.2.1', port: null, name: null, helo: null, protocol: 'ESMTP' },
    peerIp: '127.0.0.1',
  },
  facts: { ...facts, ...mail.facts },
  verdicts: mail.verdicts ?? [],
})
const symptom = (name: string, detail = ''): Symptom => ({ name, score: null, detail })
const attachment = (name: string) => ({ name, type: 'application/octet-stream', trueType: null, size: 1 })

const byDefault = compilePolicy(defaultAreas, defaultRules, settings)
const decideBy = (rules: unknown[], mail: Mail, over: Partial<PolicySettings> = {}) =>
  decide(compilePolicy(defaultAreas, rules, { ...settings, ...over }), mailOf(mail))

/** What came in, disposition, area, reason, rule, scanner, explanation. */
const defaults: [string, Mail, string][] = [
  ['nothing known', {}, 'deliver/////Passed because no rule holds it.'],
  [
    'clean',
    { verdicts: [verdictOf('rspamd-headers', 'clean')] },
    'deliver/////Passed because no rule holds it.',
  ],
  [
    'spam',
    { verdicts: [verdictOf('spam-headers', 'spam', { score: 15.2, threshold: 5 })] },
    'quarantine/Spam/spam/Spam/spam-headers/Held because the scanner spam-headers calls it spam (score 15.2 of 5) (rule Spam).',
  ],
  [
    'malware before all else',
    { verdicts: [verdictOf('x', 'spam'), verdictOf('virus-headers', 'malware', { detail: 'Win.Test' })] },
    'quarantine/Virus/malware/Malware/virus-headers/Held because the scanner virus-headers found malware (Win.Test) (rule Malware).',
  ],
  [
    'a disguised program',
    {
      verdicts: [
        verdictOf('attachments', 'suspect', {
          symptoms: [symptom('DOUBLE_EXTENSION')],
          detail: 'the attachment invoice.pdf.exe is a program disguised by a second extension',
        }),
      ],
    },
    'quarantine/Attachments/attachment/Executable attachments/attachments/Held because the attachment invoice.pdf.exe is a program disguised by a second extension (rule Executable attachments).',
  ],
  [
    'an ambiguous message',
    { facts: { ambiguities: ['duplicate-content-type'] } },
    'quarantine/Review/content/Ambiguous message//Held because mail programs may read it in different ways (duplicate content type) (rule Ambiguous message).',
  ],
  [
    'a harmless oddity',
    { facts: { ambiguities: ['boundary-unclosed'] } },
    'deliver/////Passed because no rule holds it.',
  ],
  [
    'a scanner that failed',
    { verdicts: [verdictOf('clamd', 'failed', { detail: 'no answer within 10 ms' })] },
    'quarantine/Unscanned/unscanned//clamd/Held because the scanner clamd failed (no answer within 10 ms).',
  ],
]
for (const [what, mail, expected] of defaults)
  test(`by default: ${what}`, () => {
    const [decision] = decide(byDefault, mailOf(mail))
    const { disposition, area, reason, rule, scanner, explanation } = decision!
    assert.equal([disposition, area, reason ?? '', rule, scanner, explanation].join('/'), expected)
  })

test('unscanned is never clean: by default, by rule, by setting', () => {
  const failed = [verdictOf('clamd', 'failed')]
  const pass = { name: 'Friends', who: { senders: ['*@example.org'] }, disposition: 'deliver' }
  assert.equal(decideBy([], { verdicts: failed })[0]?.area, 'Unscanned')
  assert.equal(decideBy([], { verdicts: failed }, { onScannerFailure: 'defer' })[0]?.disposition, 'defer')
  assert.equal(decideBy([pass], {})[0]?.rule, 'Friends')
  assert.equal(decideBy([pass], { verdicts: failed })[0]?.disposition, 'quarantine')
  const knowing = { ...pass, when: { results: ['failed'] } }
  assert.equal(decideBy([knowing], { verdicts: failed })[0]?.disposition, 'deliver')
  const both = [verdictOf('clamd', 'failed'), verdictOf('x', 'malware')]
  assert.equal(
    decide(byDefault, mailOf({ verdicts: both }))[0]?.area,
    'Virus',
    'what another scanner found still counts',
  )
})

test('each recipient has his own decision, by the first rule that matches', () => {
  const rules = [
    { name: 'VIP', who: { recipients: ['boss@example.com'] }, disposition: 'deliver' },
    {
      name: 'No list',
      who: { recipients: ['list@*'], senders: ['*@example.org'] },
      disposition: 'reject',
      area: 'Review',
    },
    { name: 'Outgoing', who: { direction: 'out' }, disposition: 'defer' },
    { name: 'Off', enabled: false, disposition: 'quarantine', area: 'Review' },
    {
      name: 'Incoming',
      who: { direction: 'in' },
      when: { size_over_kb: 5 },
      disposition: 'quarantine',
      area: 'Review',
    },
  ]
  const recipients = ['BOSS@example.com', 'list@Sub.Example.com', 'x@elsewhere.example', 'bob@example.com']
  const decisions = decideBy(rules, { recipients })
  assert.deepEqual(
    decisions.map(({ recipient, disposition, area, reason, rule }) => [
      recipient,
      disposition,
      area,
      reason,
      rule,
    ]),
    [
      [0, 'deliver', '', null, 'VIP'],
      [1, 'reject', 'Review', 'policy', 'No list'],
      [2, 'defer', '', null, 'Outgoing'],
      [3, 'quarantine', 'Review', 'oversize', 'Incoming'],
    ],
  )
  assert.equal(decisions[3]?.explanation, 'Held because its 10 KB are more than 5 KB (rule Incoming).')
})

/** `when`, and a mail for which it holds; it must not hold for an ordinary one. */
const conditions: [string, object, Mail][] = [
  ['results', { results: ['spam', 'bulk'] }, { verdicts: [verdictOf('x', 'bulk')] }],
  [
    'scanners',
    { results: ['spam'], scanners: ['rspamd*'] },
    { verdicts: [verdictOf('x', 'clean'), verdictOf('rspamd-headers', 'spam')] },
  ],
  ['score', { score_at_least: 8 }, { verdicts: [verdictOf('x', 'clean', { score: 8 })] }],
  [
    'symptoms',
    { symptoms: ['bayes_*'] },
    { verdicts: [verdictOf('x', 'clean', { symptoms: [symptom('A'), symptom('BAYES_99')] })] },
  ],
  [
    'attachment names',
    { attachment_names: ['*.iso', 'x'] },
    { facts: { attachments: [attachment('a.txt'), attachment('B.ISO')] } },
  ],
  [
    'attachment extensions',
    { attachment_extensions: ['EXE'] },
    { facts: { attachments: [attachment('b.exe.')] } },
  ],
  [
    'attachment extensions of two words',
    { attachment_extensions: ['tar.GZ'] },
    { facts: { attachments: [attachment('B.TAR.gz ')] } },
  ],
  [
    'attachment types',
    { attachment_types: ['application/x-*'] },
    { facts: { attachments: [{ ...attachment(''), trueType: 'application/x-elf' }] } },
  ],
  ['size', { size_over_kb: 20 }, { facts: { size: 20_481 } }],
  ['recipients', { recipients_over: 1 }, { recipients: ['a@example.com', 'b@example.com'] }],
  ['ambiguities', { ambiguities: ['*'] }, { facts: { ambiguities: ['x'] } }],
  [
    'headers',
    { headers: ['Subject: *invoice*'] },
    { facts: { headers: [{ name: 'SUBJECT', value: '=?utf-8?Q?Your_Invoice?=' }] } },
  ],
  ['several', { size_over_kb: 20, ambiguities: ['*'] }, { facts: { size: 50_000, ambiguities: ['x'] } }],
]
for (const [what, when, mail] of conditions)
  test(`condition: ${what}`, () => {
    const rule = { name: 'R', when, disposition: 'quarantine', area: 'Review' }
    assert.equal(decideBy([rule], mail)[0]?.disposition, 'quarantine')
    const ordinary = {
      verdicts: [verdictOf('x', 'clean', { score: 1 })],
      facts: { attachments: [attachment('a.pdf')] },
    }
    assert.equal(decideBy([rule], ordinary)[0]?.disposition, 'deliver')
  })

test('a result, a scanner and a score have to come from one verdict', () => {
  const rule = {
    name: 'R',
    when: { results: ['spam'], score_at_least: 8 },
    disposition: 'quarantine',
    area: 'Spam',
  }
  const verdicts = [verdictOf('a', 'spam', { score: 2 }), verdictOf('b', 'clean', { score: 9 })]
  assert.equal(decideBy([rule], { verdicts })[0]?.disposition, 'deliver')
})

test('the null sender has a name in rules', () => {
  const rule = { name: 'R', who: { senders: ['<>'] }, disposition: 'quarantine', area: 'Review' }
  assert.equal(
    decideBy([rule], { sender: '' })[0]?.explanation,
    'Held because its sender is listed (rule R).',
  )
  assert.equal(decideBy([rule], {})[0]?.disposition, 'deliver')
})

test('explanations are one clean sentence of bounded length, whatever the message says', () => {
  const rule = {
    name: 'R',
    when: { attachment_names: ['*'], headers: ['X-A:*'] },
    disposition: 'quarantine',
    area: 'Review',
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 1_000 }), (text) => {
      const name = `a\u202e\r\n${text}`
      const { explanation } = decideBy([rule], {
        facts: { attachments: [attachment(name)], headers: [{ name: 'X-A', value: name }] },
      })[0]!
      assert.ok(explanation.length <= 300 && explanation.isWellFormed())
      assert.doesNotMatch(explanation, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
      assert.match(explanation, /^Held because it has the attachment .+ \(rule R\)\.$/)
    }),
    { numRuns: 200 },
  )
})
