/** What a directory may answer, right, wrong and hostile; when it is asked with a password, and when it must not be. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Problem } from '../../problem.ts'
import { openLdap } from './ldap.ts'
import { encoded, enumerated, integer, octets } from './ldap-ber.ts'
import { ldapSchema } from './ldap-options.ts'
import {
  type Asked,
  entry,
  type FakeDirectory,
  fakeDirectory,
  message,
  result,
} from './testing/fake-directory.ts'
import { certificate, never } from './testing/fake-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'lazaret-ldap-'))
before(() => writeFileSync(join(folder, 'ca.pem'), certificate.cert))
after(() => rmSync(folder, { recursive: true }))

const alice = entry('uid=alice,dc=x', {
  mail: ['alice@corp.example'],
  proxyAddresses: [
    'smtp:a@corp.example',
    'SMTP:al@corp.example',
    'X400:c=us',
    'smtp:ALICE@corp.example',
    'smtp:',
  ],
  displayName: ['Alice \u202eE.\n'],
})
const done = (code = 0) => result(0x65, code)
const bound = (code = 0) => result(0x61, code)

/** Alice is there, her password is `geheim`, that of the service account `dienst`. */
const usual = (asked: Asked) => {
  if (asked.kind === 'search') return [alice, done()]
  if (asked.kind === 'starttls') return [result(0x78, 0)]
  if (asked.kind === 'unbind') return null
  const right = asked.dn === 'uid=alice,dc=x' ? 'geheim' : asked.dn === 'cn=dienst' ? 'dienst' : null
  return [bound(asked.password === right ? 0 : 49)]
}

const methodFor = (directory: FakeDirectory, more: Record<string, unknown> = {}) =>
  openLdap(
    ldapSchema.parse({
      servers: [directory.server],
      tls: 'none',
      tls_ca_file: join(folder, 'ca.pem'),
      base: 'dc=x',
      bind_dn: 'cn=dienst',
      bind_password: 'dienst',
      ...more,
    }),
  )

async function unavailable(asked: Promise<unknown>): Promise<string> {
  const error = await asked.then(
    () => assert.fail('should not have answered'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Problem, String(error))
  assert.equal(error.code, 'unavailable')
  assert.doesNotMatch(`${error.message} ${error.stack} ${JSON.stringify(error.facts)}`, /geheim|: dienst/)
  return error.message
}

const kinds = ({ asked }: FakeDirectory) => asked.map(({ kind }) => kind).filter((kind) => kind !== 'unbind')

test('the entry is found by the service account, its addresses are read, the password is tried on it', async () => {
  await using directory = await fakeDirectory(usual)
  assert.deepEqual(await methodFor(directory, { label: 'Haus' }).check('alice', 'geheim', never()), {
    name: 'al@corp.example',
    display: 'Alice E.',
    addresses: ['al@corp.example', 'alice@corp.example', 'a@corp.example'],
    source: 'ldap Haus',
  })
  assert.deepEqual(kinds(directory), ['bind', 'search', 'bind'])
})

test('an empty password reaches no directory, whoever would welcome it', async () => {
  await using directory = await fakeDirectory((asked) => (asked.kind === 'bind' ? [bound(0)] : usual(asked)))
  for (const more of [{}, { bind_dn: '', bind_password: '', bind_template: 'uid={name},dc=x' }])
    assert.equal(await methodFor(directory, more).check('alice', '', never()), null)
  assert.equal(directory.connections, 0)
})

test('a name that is not there, or there twice, costs as many questions, and no real entry hears of the password', async () => {
  const other = entry('uid=other,dc=x', { mail: ['other@corp.example'] })
  const answers = [[done()], [alice, other, done()], [alice, other, done(4)], [entry('', {}), done()]]
  for (const answer of answers) {
    await using directory = await fakeDirectory((asked) => (asked.kind === 'search' ? answer : usual(asked)))
    assert.equal(await methodFor(directory).check('alice', 'geheim', never()), null)
    assert.deepEqual(kinds(directory), ['bind', 'search', 'bind'])
    const last = directory.asked[2]
    assert.ok(last?.kind === 'bind' && /^cn=[0-9a-f-]{36},dc=x$/.test(last.dn), JSON.stringify(last))
  }
})

test('codes about the person are a wrong password; all others mean that the directory cannot say', async () => {
  for (const code of [49, 19, 32, 34, 48, 50, 53]) {
    await using directory = await fakeDirectory((asked) =>
      asked.kind === 'bind' && asked.dn.startsWith('uid') ? [bound(code)] : usual(asked),
    )
    assert.equal(await methodFor(directory).check('alice', 'geheim', never()), null)
  }
  for (const code of [1, 2, 8, 10, 13, 51, 52, 80]) {
    await using directory = await fakeDirectory((asked) =>
      asked.kind === 'bind' && asked.dn.startsWith('uid') ? [bound(code)] : usual(asked),
    )
    const words = await unavailable(methodFor(directory).check('alice', 'geheim', never()))
    assert.match(words, new RegExp(`bind with code ${code}$`))
  }
  await using refused = await fakeDirectory((asked) => (asked.kind === 'bind' ? [bound(49)] : usual(asked)))
  assert.match(
    await unavailable(methodFor(refused).check('alice', 'geheim', never())),
    /bind_dn with code 49/,
  )
})

test('answers that are no LDAP, or not to what was asked, never sign anybody in', async () => {
  const toBind: [string, Buffer[] | { raw: Buffer } | 'CLOSE'][] = [
    ['no result in it', [encoded(0x61)]],
    ['a result of another kind', [result(0x65, 0)]],
    ['an entry', [alice]],
    ['another id', { raw: message(bound(0), 77) }],
    ['notice of disconnection', { raw: message(result(0x78, 52), 0) }],
    ['cut short', { raw: Buffer.from([0x30, 0x05, 0x02, 0x01, 0x03, 0x61, 0x7f]) }],
    ['indefinite length', { raw: Buffer.from([0x30, 0x80, 0x02, 0x01]) }],
    ['huge', { raw: Buffer.from([0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]) }],
    ['something else', { raw: Buffer.from('HTTP/1.1 200 OK\r\n\r\n') }],
    ['negative code', [encoded(0x61, encoded(0x0a, Buffer.from([0xff])), octets(''), octets(''))]],
    ['nothing more', 'CLOSE'],
  ]
  for (const [what, answer] of toBind) {
    await using directory = await fakeDirectory((asked) =>
      asked.kind === 'bind' && asked.dn.startsWith('uid') ? answer : usual(asked),
    )
    await unavailable(methodFor(directory, { timeout_s: 5 }).check('alice', 'geheim', never())).catch(
      (error) => {
        throw new Error(what, { cause: error })
      },
    )
  }
})

test('an entry that says it is longer than it is ends the attempt, not the process', async () => {
  const tooLong = encoded(
    0x64,
    octets('uid=alice,dc=x'),
    encoded(0x30, encoded(0x30, octets('mail'), Buffer.from([0x31, 0x05, 0x04, 0x50, 0x61]))),
  )
  const nested = encoded(0x64, octets('uid=alice,dc=x'), Buffer.from([0x30, 0x7f]))
  for (const wrong of [tooLong, nested, encoded(0x64, integer(1)), encoded(0x64)]) {
    await using directory = await fakeDirectory((asked) =>
      asked.kind === 'search' ? [wrong, done()] : usual(asked),
    )
    assert.match(
      await unavailable(methodFor(directory).check('alice', 'geheim', never())),
      /does not speak LDAP/,
    )
  }
  await using endless = await fakeDirectory((asked) =>
    asked.kind === 'search' ? Array.from({ length: 60 }, () => alice) : usual(asked),
  )
  assert.match(await unavailable(methodFor(endless).check('alice', 'geheim', never())), /far more/)
})

test('references are not followed; a referral is no answer', async () => {
  const reference = encoded(0x73, octets('ldap://127.0.0.1:1/dc=y'))
  await using one = await fakeDirectory((asked) =>
    asked.kind === 'search' ? [reference, alice, reference, done()] : usual(asked),
  )
  assert.ok(await methodFor(one).check('alice', 'geheim', never()))
  await using two = await fakeDirectory((asked) =>
    asked.kind === 'search'
      ? [encoded(0x65, enumerated(10), octets(''), octets(''), encoded(0xa3, octets('ldap://evil/')))]
      : usual(asked),
  )
  assert.match(await unavailable(methodFor(two).check('alice', 'geheim', never())), /search with code 10/)
})

test('StartTLS: nothing in the clear before or behind it counts, and no password goes without it', async () => {
  const tls = { tls: 'starttls' }
  await using good = await fakeDirectory(usual)
  assert.ok(await methodFor(good, tls).check('alice', 'geheim', never()))
  assert.ok(good.asked.every((asked) => !('encrypted' in asked) || asked.encrypted))
  const agreed = message(result(0x78, 0), 1)
  // The start of an answer to the bind to come: what the server says under TLS would complete it.
  const half = message(encoded(0x61, enumerated(0), octets(''), octets('x'.repeat(40))), 2).subarray(0, 20)
  const bad: [Buffer[] | { raw: Buffer }, RegExp][] = [
    [[result(0x78, 53)], /StartTLS with code 53/],
    [{ raw: Buffer.concat([agreed, half]) }, /in the clear/],
    [{ raw: Buffer.concat([agreed, message(bound(0), 2)]) }, /in the clear/],
  ]
  for (const [answer, words] of bad) {
    await using directory = await fakeDirectory((asked) =>
      asked.kind === 'starttls' ? answer : usual(asked),
    )
    assert.match(await unavailable(methodFor(directory, tls).check('alice', 'geheim', never())), words)
    assert.deepEqual(kinds(directory), ['starttls'])
  }
  await using unknown = await fakeDirectory(usual)
  const asked = methodFor(unknown, { ...tls, tls_ca_file: '' }).check('alice', 'geheim', never())
  assert.match(await unavailable(asked), /SELF_SIGNED|UNABLE_TO/)
})

test('a connection that is lost is not made anew in the middle of an attempt', async () => {
  await using directory = await fakeDirectory((asked) => (asked.kind === 'search' ? 'CLOSE' : usual(asked)))
  await unavailable(methodFor(directory).check('alice', 'geheim', never()))
  assert.equal(directory.connections, 1)
})

test('a silent directory is left at the time limit, or when nobody waits', async () => {
  await using directory = await fakeDirectory((asked) => (asked.kind === 'search' ? null : usual(asked)))
  const late = methodFor(directory, { timeout_s: 0.05 }).check('alice', 'geheim', never())
  assert.match(await unavailable(late), /time-out/)
  const abort = new AbortController()
  const asked = methodFor(directory).check('alice', 'geheim', abort.signal)
  while (directory.connections < 2) await new Promise(setImmediate)
  abort.abort()
  assert.match(await unavailable(asked), /given up/)
})

test('bound directly by a name that is no DN, the entry is found by what was bound with', async () => {
  const more = {
    bind_dn: '',
    bind_password: '',
    bind_template: '{local}@corp.example',
    filter: '(userPrincipalName={bind})',
  }
  await using directory = await fakeDirectory((asked) => (asked.kind === 'bind' ? [bound(0)] : usual(asked)))
  assert.ok(await methodFor(directory, more).check('alice@other.example', 'geheim', never()))
  const [bind, search] = directory.asked
  assert.ok(bind?.kind === 'bind' && bind.dn === 'alice@corp.example')
  assert.ok(search?.kind === 'search' && search.filter.includes('alice@corp.example'))
  for (const name of ['cn=admin,dc=x', 'CORP\\admin', 'a b', '*', 'a\0'])
    assert.equal(await methodFor(directory, more).check(name, 'geheim', never()), null, name)
  assert.equal(directory.connections, 1)
})

test('only members, only the domains that count', async () => {
  const member = { group_filter: '(member={dn})', group_base: 'ou=groups' }
  await using outside = await fakeDirectory((asked) =>
    asked.kind === 'search' && asked.base === 'ou=groups' ? [done()] : usual(asked),
  )
  assert.equal(await methodFor(outside, member).check('alice', 'geheim', never()), null)
  assert.ok(outside.asked.every((asked) => asked.kind !== 'bind' || asked.dn !== 'uid=alice,dc=x'))
  await using inside = await fakeDirectory(usual)
  assert.ok(await methodFor(inside, member).check('alice', 'geheim', never()))
  assert.equal(
    await methodFor(inside, { domains: ['other.example'] }).check('alice', 'geheim', never()),
    null,
  )
})

test('options that would let everybody in, or nobody, are refused', () => {
  const good = { servers: ['dc.corp.example'], base: 'dc=x', bind_dn: 'cn=s', bind_password: 'p' }
  assert.equal(ldapSchema.safeParse(good).success, true)
  for (const bad of [
    { base: '' },
    { bind_password: '' },
    { bind_password_file: '/x' },
    { bind_template: 'uid={name},dc=x' },
    { filter: '(objectClass=person)' },
    { filter: '(uid={name}' },
    { group_filter: '(cn=quarantine)' },
    { bind_dn: '', bind_password: '', bind_template: 'uid=alice,dc=x' },
    { bind_dn: '', bind_password: '', bind_template: 'uid={name},cn={dn}' },
    { address_attributes: ['mail)(x=*'] },
    { tls: 'maybe' },
  ])
    assert.equal(ldapSchema.safeParse({ ...good, ...bad }).success, false, JSON.stringify(bad))
})
