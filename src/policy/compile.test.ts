/** Mistakes in rules and areas are told all at once, each with its place and what to do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '../problem.ts'
import { compilePolicy } from './compile.ts'
import type { PolicySettings } from './decide.ts'
import { areasSchema, defaultAreas, defaultRules, rulesSchema } from './defaults.ts'

const settings: PolicySettings = {
  onScannerFailure: 'hold',
  unscannedArea: 'Unscanned',
  ownDomains: ['example.com', '*.example.com'],
}

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
  assert.throws(() => compilePolicy(defaultAreas, [rule], { ...settings, ownDomains: [] }), /own_domains/)
})

test('the tables have defaults, and areas fill in theirs', () => {
  assert.deepEqual([areasSchema.parse(undefined), rulesSchema.parse(undefined)], [defaultAreas, defaultRules])
  assert.deepEqual(areasSchema.parse([{ name: 'Mine' }])[0], {
    name: 'Mine',
    keep_days: 30,
    releasable_by: 'operator',
    visible_to_users: false,
    in_digest: false,
    users_download_parts: false,
    description: '',
  })
})
