/** The right decision for each recipient, with a reason people understand; unscanned is never clean. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MessageFacts } from '../mail/message.ts'
import { Problem } from '../problem.ts'
import type { Symptom, Verdict } from '../scan/scanner.ts'
import { compilePolicy } from './compile.ts'
import type { Judged } from './condition.ts'
import { decide, type PolicySettings } from './decide.ts'
import { areasSchema, defaultAreas, defaultRules, rulesSchema } from './defaults.ts'
import { globMatch } from './glob.ts'

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
const verdict = (scanner: string, result: Verdict['result'], more: Partial<Verdict> = {}): Verdict => ({
  scanner,
  result,
  score: null,
  threshold: null,
  symptoms: [],
  detail: '',
  tookMs: 1,
  ...more,
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
    { verdicts: [verdict('rspamd-headers', 'clean')] },
    'deliver/////Passed because no rule holds it.',
  ],
  [
    'spam',
    { verdicts: [verdict('spam-headers', 'spam', { score: 15.2, threshold: 5 })] },
    'quarantine/Spam/spam/Spam/spam-headers/Held because the scanner spam-headers calls it spam (score 15.2 of 5) (rule Spam).',
  ],
  [
    'malware before all else',
    { verdicts: [verdict('x', 'spam'), verdict('virus-headers', 'malware', { detail: 'Win.Test' })] },
    'quarantine/Virus/malware/Malware/virus-headers/Held because the scanner virus-headers found malware (Win.Test) (rule Malware).',
  ],
  [
    'a disguised program',
    {
      verdicts: [
        verdict('attachments', 'suspect', {
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
    { verdicts: [verdict('clamd', 'failed', { detail: 'no answer within 10 ms' })] },
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
  const failed = [verdict('clamd', 'failed')]
  const pass = { name: 'Friends', who: { senders: ['*@example.org'] }, disposition: 'deliver' }
  assert.equal(decideBy([], { verdicts: failed })[0]?.area, 'Unscanned')
  assert.equal(decideBy([], { verdicts: failed }, { onScannerFailure: 'defer' })[0]?.disposition, 'defer')
  assert.equal(decideBy([pass], {})[0]?.rule, 'Friends')
  assert.equal(decideBy([pass], { verdicts: failed })[0]?.disposition, 'quarantine')
  const knowing = { ...pass, when: { results: ['failed'] } }
  assert.equal(decideBy([knowing], { verdicts: failed })[0]?.disposition, 'deliver')
  const both = [verdict('clamd', 'failed'), verdict('x', 'malware')]
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
  ['results', { results: ['spam', 'bulk'] }, { verdicts: [verdict('x', 'bulk')] }],
  [
    'scanners',
    { results: ['spam'], scanners: ['rspamd*'] },
    { verdicts: [verdict('x', 'clean'), verdict('rspamd-headers', 'spam')] },
  ],
  ['score', { score_at_least: 8 }, { verdicts: [verdict('x', 'clean', { score: 8 })] }],
  [
    'symptoms',
    { symptoms: ['bayes_*'] },
    { verdicts: [verdict('x', 'clean', { symptoms: [symptom('A'), symptom('BAYES_99')] })] },
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
      verdicts: [verdict('x', 'clean', { score: 1 })],
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
  const verdicts = [verdict('a', 'spam', { score: 2 }), verdict('b', 'clean', { score: 9 })]
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

const mistakes: [object, RegExp][] = [
  [{ disposition: 'deliver' }, /^rule number 1: name: is missing; add it$/],
  [{ name: 'R' }, /^rule "R": disposition: must be one of "deliver", "quarantine", "reject", "defer"$/],
  [{ name: 'R', disposition: 'quarantine' }, /^rule "R": area: is missing/],
  [
    { name: 'R', disposition: 'quarantine', area: 'Spma' },
    /^rule "R": area: there is no area "Spma"; write one of "Spam", .+ or add it under \[\[areas\]\]$/,
  ],
  [
    { name: 'R', disposition: 'deliver', wehn: {} },
    /^rule "R": there is no key "wehn"; correct its name or take it out$/,
  ],
  [
    { name: 'R', disposition: 'deliver', when: { results: ['spamm'] } },
    /^rule "R": when → results → entry 1: must be one of .+"spam"/,
  ],
  [
    { name: 'R', disposition: 'deliver', when: { size_over_kb: 'big' } },
    /^rule "R": when → size_over_kb: must be a number$/,
  ],
  [
    { name: 'R', disposition: 'deliver', when: { headers: ['nothing'] } },
    /^rule "R": when → headers → entry 1: write the field name, a colon/,
  ],
  [
    { name: 'R', disposition: 'deliver', who: { senders: [''] } },
    /^rule "R": who → senders → entry 1: the pattern is empty/,
  ],
  [
    { name: 'R', disposition: 'deliver', who: { senders: [] } },
    /^rule "R": who → senders: list at least one/,
  ],
  [{ name: 'R', disposition: 'deliver', who: { senders: ['*'.repeat(30)] } }, /more than 20 asterisks/],
  [
    { name: 'R', disposition: 'deliver', when: { scanners: ['x'] } },
    /^rule "R": when → scanners: .+ add results/,
  ],
  [{ name: 'R', disposition: 'reject', area: 'Review' }, /would reject all mail/],
]
for (const [rule, expected] of mistakes)
  test(`a bad rule is told of: ${JSON.stringify(rule).slice(0, 70)}`, () => {
    assert.throws(
      () => compilePolicy(defaultAreas, [rule], settings),
      (error) => error instanceof Problem && error.code === 'invalid' && expected.test(error.message),
    )
  })

test('all mistakes are told at once', () => {
  const rules = [
    { name: 'A', disposition: 'quarantine' },
    { name: 'a', disposition: 'deliver' },
    { disposition: 'x' },
  ]
  const areas = [{ name: 'One' }, { name: 'one', keep_days: 0 }]
  assert.throws(
    () => compilePolicy(areas, rules, settings),
    (error) =>
      error instanceof Problem &&
      error.message.split('\n').length >= 5 &&
      error.message.includes('Unscanned'),
  )
})

test('direction needs to know the own domains', () => {
  const rule = { name: 'R', who: { direction: 'in' }, disposition: 'deliver' }
  assert.throws(() => decideBy([rule], {}, { ownDomains: [] }), /own_domains/)
})

test('the tables have defaults, and areas fill in theirs', () => {
  assert.deepEqual([areasSchema.parse(undefined), rulesSchema.parse(undefined)], [defaultAreas, defaultRules])
  assert.deepEqual(areasSchema.parse([{ name: 'Mine' }])[0], {
    name: 'Mine',
    keep_days: 30,
    releasable_by: 'operator',
    visible_to_users: false,
    in_digest: false,
    description: '',
  })
})

test('globs agree with a plain reading of them', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'B', '*', '.'), maxLength: 8 })
  fc.assert(
    fc.property(letters, letters, (pattern, text) => {
      const source = pattern.toLowerCase().replace(/[.]/g, '\\.').replace(/\*/g, '.*')
      assert.equal(globMatch(pattern)(text), new RegExp(`^${source}$`, 's').test(text.toLowerCase()))
    }),
    { numRuns: 2_000 },
  )
  const began = process.cpuUsage()
  globMatch('*a*a*a*a*a*a*a*a*b')('a'.repeat(200_000))
  assert.ok(process.cpuUsage(began).user < 500_000)
})
