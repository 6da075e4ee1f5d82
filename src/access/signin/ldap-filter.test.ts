/** Names go into filters and DNs as data, whatever they contain; filters that are wrong are refused when they are read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encoded, octets } from './ldap-ber.ts'
import { encodeFilter, escapeDnValue, FilterFault, parseFilter } from './ldap-filter.ts'

const hostile = [
  '*',
  '*)(uid=*',
  'admin)(|(a=b',
  '',
  '\0',
  'a\0b',
  'jürgen',
  '\\2a',
  '\\',
  '(',
  ')',
  '{dn}',
  '日本🙂',
]
const equality = (attribute: string, value: string) => encoded(0xa3, octets(attribute), octets(value))

test('a name is the whole value of its filter, and nothing else', () => {
  const filter = parseFilter('(|(uid={name})(mail={name}))')
  for (const name of hostile)
    assert.deepEqual(
      encodeFilter(filter, { name, dn: 'never' }),
      encoded(0xa1, equality('uid', name), equality('mail', name)),
    )
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      assert.deepEqual(encodeFilter(parseFilter('uid={name}'), { name }), equality('uid', name))
    }),
  )
})

test('filters as RFC 4515 has them', () => {
  const cases: [string, Buffer][] = [
    ['(objectClass=*)', octets('objectClass', 0x87)],
    ['cn=Babs Jensen', equality('cn', 'Babs Jensen')],
    ['(o=Parens R Us \\28for all\\29)', equality('o', 'Parens R Us (for all)')],
    ['(sn=Lu\\c4\\8di\\c4\\87)', equality('sn', 'Lučić')],
    ['(cn;lang-de=x:y=z)', equality('cn;lang-de', 'x:y=z')],
    ['(!(cn=Tim))', encoded(0xa2, equality('cn', 'Tim'))],
    ['(seeAlso=)', equality('seeAlso', '')],
    [
      '(o=univ*of*mich*)',
      encoded(
        0xa4,
        octets('o'),
        encoded(0x30, octets('univ', 0x80), octets('of', 0x81), octets('mich', 0x81)),
      ),
    ],
    [
      '(mail=smtp:*{name})',
      encoded(0xa4, octets('mail'), encoded(0x30, octets('smtp:', 0x80), octets('a*', 0x82))),
    ],
    ['(n>=5)', encoded(0xa5, octets('n'), octets('5'))],
    ['(n<=5)', encoded(0xa6, octets('n'), octets('5'))],
    ['(n~=5)', encoded(0xa8, octets('n'), octets('5'))],
    [
      '(userAccountControl:1.2.840.113556.1.4.803:=2)',
      encoded(
        0xa9,
        octets('1.2.840.113556.1.4.803', 0x81),
        octets('userAccountControl', 0x82),
        octets('2', 0x83),
      ),
    ],
    [
      '(:dn:2.4.6.8.10:=D)',
      encoded(0xa9, octets('2.4.6.8.10', 0x81), octets('D', 0x83), encoded(0x84, Buffer.from([255]))),
    ],
    [
      '(&(a=1)(|(b=2)(c={dn})))',
      encoded(0xa0, equality('a', '1'), encoded(0xa1, equality('b', '2'), equality('c', 'x,y'))),
    ],
  ]
  for (const [text, bytes] of cases)
    assert.deepEqual(encodeFilter(parseFilter(text), { name: 'a*', dn: 'x,y' }), bytes, text)
})

test('what is no filter is refused', () => {
  const deep = `${'(!'.repeat(30)}(a=b)${')'.repeat(30)}`
  for (const text of [
    '',
    '(',
    '()',
    '(uid=a',
    '(uid=a))',
    '(&)',
    '(!(a=1)(b=2))',
    '(uid={nam})',
    '(uid={name)',
    '(u d=x)',
    '(a=\\zz)',
    '(a=\\2)',
    '(a=b**c)',
    '(a=(b)',
    '((a=b))',
    '(a)',
    '(:=x)',
    '(a=b)(c=d)',
    deep,
  ])
    assert.throws(() => parseFilter(text), FilterFault, text)
})

test('a name inside a DN cannot end its value', () => {
  const cases: [string, string][] = [
    ['alice', 'alice'],
    ['Ä日🙂', 'Ä日🙂'],
    ['a,ou=x', 'a\\2cou\\3dx'],
    ['a+cn=b', 'a\\2bcn\\3db'],
    ['"<>;\\', '\\22\\3c\\3e\\3b\\5c'],
    [' #a ', '\\20\\23a\\20'],
    ['\0\r\n', '\\00\\0d\\0a'],
    ['', ''],
  ]
  for (const [value, text] of cases) assert.equal(escapeDnValue(value), text)
})
