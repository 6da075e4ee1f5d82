/** Promise: the search box means what its grammar says, writes what it reads, and says what it does not understand. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { exclusionOf, type FilterText, parseFilter, textFields } from './search.ts'
import { parseSearchBox, writeSearchBox } from './search-box.ts'

const now = Date.parse('2026-03-10T22:30:00Z')
const read = (text: string) => {
  const { criteria, problems } = parseSearchBox(text, now)
  assert.deepEqual(problems, [], text)
  return criteria
}

test('fields, exclusions, quotations and words become criteria', () => {
  const cases: [string, FilterText][] = [
    ['', {}],
    [
      'from:*bank* reason:spam before:7d attachment:*.iso -area:Spam',
      { sender: '*bank*', reason: 'spam', to: '7d', attachment: '*.iso', notArea: 'Spam' },
    ],
    ['Sender:<> RECIPIENT:a@example.org', { sender: '<>', recipient: 'a@example.org' }],
    ['to:a@example.org id:<1@x> is:held', { recipient: 'a@example.org', messageId: '<1@x>', state: 'held' }],
    ['message-id:1@x state:expired -id:2@x', { messageId: '1@x', state: 'expired', notMessageId: '2@x' }],
    ['subject:"say \\"hi\\" \\\\ \\* there"', { subject: 'say "hi" \\ \\* there' }],
    ['invoice', { subject: '*invoice*' }],
    ['your  invoice\tdue', { subject: '*your*invoice*due*' }],
    ['"your invoice" due', { subject: '*your invoice*due*' }],
    ['inv*.pdf* -"last warning"', { subject: '*inv*.pdf*', notSubject: '*last warning*' }],
    ['"Re: hello" - bye', { subject: '*Re: hello*-*bye*' }],
    ['after:yesterday until:2026-03-01', { from: 'yesterday', to: '2026-03-01' }],
    ['before:today', { to: 'todayT00:00' }],
    ['before:2026-03-01T08:00Z after:2w', { to: '2026-03-01T08:00Z', from: '2w' }],
  ]
  for (const [text, criteria] of cases) assert.deepEqual(read(text), criteria, text)
})

test('a backslash at the end of a word does not escape the asterisk behind it', () => {
  const pieces = (text: string) => parseFilter(read(text), now).subject
  assert.deepEqual(pieces('temp\\ file'), { start: false, pieces: ['temp\\', 'file'], end: false })
  assert.deepEqual(pieces('temp\\'), { start: false, pieces: ['temp\\'], end: false })
  assert.deepEqual(pieces('a\\**'), { start: false, pieces: ['a*'], end: false })
})

test('before a day ends where it begins; until a day includes it; both in the zone of the reader', () => {
  const to = (text: string, timeZone?: string) => {
    const { criteria } = parseSearchBox(text, now, timeZone)
    assert.equal(criteria.timeZone, timeZone)
    return new Date(parseFilter(criteria, now).to ?? 0).toISOString()
  }
  assert.equal(to('before:2026-03-01'), '2026-03-01T00:00:00.000Z')
  assert.equal(to('until:2026-03-01'), '2026-03-02T00:00:00.000Z')
  assert.equal(to('before:yesterday'), '2026-03-09T00:00:00.000Z')
  assert.equal(to('before:today', 'Europe/Berlin'), '2026-03-09T23:00:00.000Z')
  assert.equal(
    parseSearchBox('after:7d before:2026-03-01T08:00Z', now, 'Europe/Berlin').criteria.timeZone,
    undefined,
  )
})

test('what is not understood is told, where it stands and what to do', () => {
  const cases: [string, string, RegExp, RegExp][] = [
    ['from:a to:b from:c', 'from:c', /from is given twice/, /one value/],
    ['-area:a -area:b', '-area:b', /-area is given twice/, /./],
    ['word subject:b', 'word', /subject is given twice/, /./],
    ['before:7d until:today', 'until:today', /before or until is given twice/, /./],
    ['sbject:x', 'sbject:x', /no field "sbject"/, /from, to, subject.*before, until.*quotes/],
    ['from:', 'from:', /no value/, /<>/],
    ['reason:spam area:" "', 'area:" "', /no value/, /./],
    ['after:tomorrow', 'after:tomorrow', /"tomorrow" is no date/, /7d/],
    ['is:lost', 'is:lost', /no state "lost"/, /held/],
    ['-is:held', '-is:held', /cannot be left out/, /./],
    ['-one x -two', '-one x -two', /one word/i, /./],
    ['from:"a b', 'from:"a b', /not closed/, /"/],
    ['x "a"b c', '"a"b', /right behind/, /blank/],
    ['a ""', '""', /empty/, /./],
    [`from:${'*a'.repeat(30)}`, `from:${'*a'.repeat(30)}`, /parts between asterisks/, /fewer/],
  ]
  for (const [text, where, what, remedy] of cases) {
    const { problems } = parseSearchBox(text, now)
    assert.equal(problems.length, 1, text)
    const [problem] = problems
    assert.ok(problem)
    assert.equal(text.slice(problem.at, problem.at + problem.length), where)
    assert.match(problem.what, what)
    assert.match(problem.remedy, remedy)
  }
})

test('what is understood counts, though something else is not', () => {
  const { criteria, problems } = parseSearchBox('from:a nowhere:b area:c', now)
  assert.deepEqual([criteria, problems.length], [{ sender: 'a', area: 'c' }, 1])
})

/** Few pieces between asterisks, so that every value is a pattern. */
const value = fc
  .array(
    fc.constantFrom('a', 'B', ' ', '"', '\\', '\\\\', '\\*', ':', '-', '<', '>', '\t', 'ü', '😀', 'from:'),
    {
      maxLength: 12,
    },
  )
  .chain((pieces) => fc.constantFrom('', '*').map((star) => star + pieces.join('') + star))
  .filter((text) => text.trim() !== '')
const criteriaArbitrary: fc.Arbitrary<FilterText> = fc.record(
  {
    ...Object.fromEntries(
      textFields.flatMap((field) => [field, exclusionOf(field)]).map((name) => [name, value]),
    ),
    state: fc.constantFrom('held', 'release-failed'),
    from: fc.constantFrom(
      '7d',
      'today',
      'Yesterday',
      '2026-03-01',
      '2026-03-01T08:00',
      '2026-03-01 08:00:01Z',
    ),
    to: fc.constantFrom(
      '12h',
      'today',
      'yesterdayT00:00',
      'TODAYT00:00',
      ' 2026-03-01 ',
      '2026-03-01',
      '2026-03-01T00:00',
      '2026-03-01t00:00',
      '2026-03-01 08:00',
    ),
  },
  { requiredKeys: [] },
)

test('what is written reads back the same', () => {
  fc.assert(
    fc.property(criteriaArbitrary, (criteria) => {
      assert.deepEqual(read(writeSearchBox(criteria)), { ...criteria })
    }),
    { numRuns: 500 },
  )
})

test('whatever is typed is read, and what came of it is written and read the same', () => {
  const typed = fc
    .array(
      fc.constantFrom(
        'from:',
        '-area:',
        'before:',
        '7d',
        'today',
        'a',
        ' ',
        '"',
        '\\',
        '*',
        '-',
        ':',
        'ü',
        '😀',
      ),
    )
    .map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(typed, (text) => {
      const { criteria, problems } = parseSearchBox(text, now)
      for (const { at, length } of problems) assert.ok(length > 0 && at + length <= text.length)
      assert.deepEqual(read(writeSearchBox(criteria)), criteria)
    }),
    { numRuns: 1000 },
  )
})
