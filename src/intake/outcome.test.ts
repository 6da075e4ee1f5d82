import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CourierOutcome } from '../delivery/courier.ts'
import type { Envelope } from '../mail/envelope.ts'
import type { Decision, Disposition } from '../policy/decision.ts'
import { nextHopReply } from './forward.ts'
import { answers, custody, planOf } from './outcome.ts'

const dispositions: Record<string, Disposition> = { D: 'deliver', H: 'quarantine', R: 'reject', L: 'defer' }

function mail(via: 'smtp' | 'lmtp', letters: string): { envelope: Envelope; decisions: Decision[] } {
  const recipients = [...letters].map((_, i) => ({ address: `r${i}@example.org`, parameters: {} }))
  const client = { ip: '192.0.2.1', port: null, name: null, helo: 'h', protocol: 'ESMTP' }
  return {
    envelope: { via, sender: '', recipients, body: null, smtputf8: false, client, peerIp: '127.0.0.1' },
    decisions: [...letters].map((letter, recipient) => ({
      recipient,
      disposition: dispositions[letter]!,
      area: letter === 'D' || letter === 'L' ? '' : letter === 'H' ? 'Spam' : 'Virus',
      reason: letter === 'D' ? null : letter === 'H' ? 'spam' : 'malware',
      rule: `rule ${letter}`,
      scanner: '',
      explanation: `Because of ${letter}.`,
    })),
  }
}

/** `+` taken by the next hop, `?` put off, `-` refused. */
const hop: Record<string, CourierOutcome> = {
  '+': { outcome: 'delivered', reply: { code: 250, status: '2.6.0', text: 'queued' }, text: '' },
  '?': { outcome: 'deferred', reply: { code: 450, status: '4.2.0', text: 'greylisted' }, text: '' },
  '-': { outcome: 'failed', reply: { code: 550, status: '5.1.1', text: 'no such user' }, text: '' },
}

/**
 * Decisions, what the next hop says to the copies passed on; then the answer, who is held where before passing, and who
 * is taken into custody after.
 */
const table: ['smtp' | 'lmtp', string, string, string, string, string][] = [
  ['smtp', 'D', '+', '250', '', ''],
  ['smtp', 'D', '?', '450', '', ''],
  ['smtp', 'D', '-', '550', '', ''],
  ['smtp', 'H', '', '250', 'Spam:0', ''],
  ['smtp', 'R', '', '550', '', ''],
  ['smtp', 'L', '', '451', '', ''],
  ['smtp', 'RR', '', '550', '', ''],
  ['smtp', 'RRL', '', '451', '', ''],
  ['smtp', 'DHL', '', '451', '', ''],
  ['smtp', 'HH', '', '250', 'Spam:0,1', ''],
  ['smtp', 'HRH', '', '250', 'Spam:0,2 Virus:1', ''],
  ['smtp', 'DR', '+', '250', 'Virus:1', ''],
  ['smtp', 'DH', '+', '250', 'Spam:1', ''],
  ['smtp', 'DH', '?', '250', 'Spam:1', 'releasing:0'],
  ['smtp', 'HD', '-', '250', 'Spam:0', 'release-failed:1'],
  ['smtp', 'HDDD', '+?-', '250', 'Spam:0', 'releasing:2 release-failed:3'],
  ['smtp', 'DD', '++', '250', '', ''],
  ['smtp', 'DD', '+-', '250', '', 'release-failed:1'],
  ['smtp', 'DD', '?+', '250', '', 'releasing:0'],
  ['smtp', 'DD', '-?', '450', '', ''],
  ['smtp', 'DD', '--', '550', '', ''],
  ['smtp', 'DR', '-', '250', 'Virus:1', 'release-failed:0'],
  ['lmtp', 'DHRL', '+', '250 250 550 451', 'Spam:1', ''],
  ['lmtp', 'DHD', '-?', '550 250 450', 'Spam:1', ''],
  ['lmtp', 'DD', '+-', '250 550', '', ''],
  ['lmtp', 'RR', '', '550 550', '', ''],
]

for (const [via, letters, said, codes, held, taken] of table)
  test(`${via}: ${letters}${said && `, next hop ${said}`} → ${codes}`, () => {
    const { envelope, decisions } = mail(via, letters)
    const plan = planOf(envelope, decisions)
    const outcomes = [...said].map((sign) => hop[sign]!)
    assert.equal(plan.passed.length, outcomes.length)
    const numbers = (addresses: { address: string }[]) => addresses.map(({ address }) => address[1]).join()
    assert.equal(plan.held.map(({ group }) => `${group.area}:${numbers(group.recipients)}`).join(' '), held)
    const groups = custody(envelope, plan, outcomes, 'Review')
    assert.equal(
      groups.map(({ recipients }) => `${recipients[0]!.state}:${numbers(recipients)}`).join(' '),
      taken,
    )
    for (const { area, explanation } of groups) {
      assert.equal(area, 'Review')
      assert.match(
        explanation,
        /^Clean, but the next hop did not take it: (?:450 4\.2\.0 greylisted|550 5\.1\.1 no such user)\./,
      )
    }
    const ids = plan.held.map((_, i) => `id${i}`)
    assert.equal(
      answers(envelope, plan, ids, outcomes)
        .map(({ code }) => code)
        .join(' '),
      codes,
    )
  })

test('recipients with one decision are one message, with different ones several', () => {
  const { envelope, decisions } = mail('smtp', 'HHH')
  decisions[1]!.explanation = 'Another one.'
  const plan = planOf(envelope, decisions)
  assert.deepEqual(
    plan.held.map(({ members }) => members),
    [[0, 2], [1]],
  )
})

test('a refusal that becomes a hold keeps its reason, and the explanation says what was done', () => {
  const { envelope, decisions } = mail('smtp', 'RD')
  decisions[0]!.explanation = 'Refused because the scanner x found malware (rule R).'
  const { group } = planOf(envelope, decisions).held[0]!
  assert.deepEqual(
    [group.area, group.reason, group.rule, group.explanation],
    ['Virus', 'malware', 'rule R', 'Held because the scanner x found malware (rule R).'],
  )
})

/** What the next hop said, and what we say then. */
const translations: [CourierOutcome, string][] = [
  [
    { outcome: 'delivered', reply: { code: 250, status: '2.0.0', text: 'Ok: queued as 4F' }, text: '' },
    '250 2.0.0 Ok: queued as 4F',
  ],
  [{ outcome: 'delivered', reply: { code: 200, status: '', text: '' }, text: '' }, '250 2.0.0 Ok'],
  [{ outcome: 'delivered', reply: { code: 250, status: '5.0.0', text: 'x' }, text: '' }, '250 2.0.0 x'],
  [{ outcome: 'deferred', reply: { code: 421, status: '4.3.2', text: 'bye' }, text: '' }, '451 4.3.2 bye'],
  [{ outcome: 'deferred', reply: { code: 550, status: '5.1.1', text: 'x' }, text: '' }, '451 4.0.0 x'],
  [{ outcome: 'failed', reply: { code: 999, status: '9.9.9', text: 'x' }, text: '' }, '554 5.0.0 x'],
  [
    { outcome: 'failed', reply: { code: 552, status: '5.3.4', text: '' }, text: '' },
    '552 5.3.4 Refused by the next hop',
  ],
  [
    { outcome: 'deferred', reply: null, text: 'connection refused' },
    '451 4.4.1 Next hop: connection refused',
  ],
  [
    { outcome: 'failed', reply: null, text: '5.6.7 the mail needs SMTPUTF8' },
    '554 5.6.7 Next hop: the mail needs SMTPUTF8',
  ],
  [{ outcome: 'failed', reply: null, text: '4.4.2 odd' }, '554 5.0.0 Next hop: 4.4.2 odd'],
]

for (const [outcome, expected] of translations)
  test(`next hop: ${outcome.outcome} ${outcome.reply?.code ?? 'without reply'} → ${expected}`, () => {
    const { code, status, text } = nextHopReply(outcome)
    assert.equal(`${code} ${status} ${text}`, expected)
  })
