import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textWidth } from '../render/text-width.ts'
import { byteSize, facts, safe, safeText, table } from './terminal.ts'

test('nothing that a mail says can drive the terminal or turn text around', () => {
  const cases: [string, string][] = [
    ['plain – “quoted” é 漢字 😀', 'plain – “quoted” é 漢字 😀'],
    ['\x1b[31mred\x1b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\r\nb\tc\0', 'a\\x0d\\x0ab\\x09c\\x00'],
    ['\x9b2J', '\\x9b2J'],
    ['invoice\u202efdp.exe', 'invoice\\u{202e}fdp.exe'],
    ['\u2066x\u200b\ufeff', '\\u{2066}x\\u{200b}\\u{feff}'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
  ]
  for (const [given, shown] of cases) assert.equal(safe(given), shown)
  assert.equal(safeText('a\tb\r\n\x1b]0;x\x07\n'), 'a\tb\n\\x1b]0;x\\x07\n')
  assert.doesNotMatch(facts([['Subject', '\x1b[2J']]) + table(['a'], [['\x1b[2J']]), /\x1b/)
})

test('tables align wide characters and fit the terminal', () => {
  const text = table(
    ['ID', 'SUBJECT', 'TO'],
    [
      ['1', '漢字', 'a@x'],
      ['22', 'y'.repeat(50), 'b@x'],
    ],
  )
  assert.deepEqual(text.split('\n')[1], `1   漢字${' '.repeat(46)}  a@x`)
  const narrow = table(['ID', 'SUBJECT', 'TO'], [['22', 'y'.repeat(50), 'b@x']], 30)
  assert.ok(narrow.split('\n').every((line) => textWidth(line) <= 30))
  assert.match(narrow, /y… {2}b@x$/)
})

test('sizes are written in decimal units', () => {
  assert.deepEqual([0, 999, 1000, 20_480, 999_499, 999_999, 1.25e8, 3e9].map(byteSize), [
    '0 B',
    '999 B',
    '1.0 kB',
    '20 kB',
    '999 kB',
    '1.0 MB',
    '125 MB',
    '3.0 GB',
  ])
})
