/** People sign in against a real directory (OpenLDAP): both ways of binding, TLS, and names meant to break filters. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openLdap } from '../../src/access/signin/ldap.ts'
import { ldapSchema } from '../../src/access/signin/ldap-options.ts'
import { Problem } from '../../src/problem.ts'
import { base, type Slapd, startSlapd } from './slapd.ts'

let slapd: Slapd
before(async () => {
  slapd = await startSlapd()
})
after(() => slapd?.[Symbol.asyncDispose]())

const never = () => new AbortController().signal

const ldap = (more: Record<string, unknown> = {}) =>
  openLdap(
    ldapSchema.parse({
      servers: [`127.0.0.1:${slapd.securePort}`],
      tls_ca_file: slapd.caFile,
      base,
      bind_dn: `cn=reader,${base}`,
      bind_password: 'reader-secret',
      ...more,
    }),
  )
const direct = { bind_dn: '', bind_password: '', base: '', bind_template: `uid={name},ou=people,${base}` }

const alice = {
  name: 'Alice.Example@corp.example',
  display: 'Alice E.',
  addresses: ['Alice.Example@corp.example', 'alice@corp.example', 'a.example@corp.example'],
  source: 'ldap',
}

test('search, then bind: by uid, by mail, by an alias; over ldaps, StartTLS and in the clear', async () => {
  for (const name of ['alice', 'ALICE@corp.example', 'a.example@corp.example'])
    assert.deepEqual(await ldap().check(name, 'alice-secret', never()), alice, name)
  const plain = { servers: [`127.0.0.1:${slapd.port}`] }
  for (const tls of ['starttls', 'none'])
    assert.deepEqual(await ldap({ ...plain, tls }).check('alice', 'alice-secret', never()), alice, tls)
  const anonymous = { bind_dn: '', bind_password: '' }
  assert.deepEqual(await ldap(anonymous).check('alice', 'alice-secret', never()), alice)
})

test('direct bind reads the entry that was bound', async () => {
  assert.deepEqual(await ldap(direct).check('alice', 'alice-secret', never()), alice)
  for (const name of [
    'alice,ou=people',
    'alice+cn=x',
    'alice,ou=people,dc=corp,dc=example#',
    '*',
    'bob',
    'nobody',
  ])
    assert.equal(await ldap(direct).check(name, 'alice-secret', never()), null, name)
  const other = { ...direct, bind_template: `cn={name},ou=people,${base}` }
  const found = await ldap(other).check('Jürgen (*) ,\\', 'pässwörd', never())
  assert.deepEqual(found?.addresses, ['juergen@corp.example'])
})

test('wrong passwords, none, and names meant to match somebody else', async () => {
  const cases: [string, string][] = [
    ['alice', 'bob-secret'],
    ['alice', ''],
    ['unknown', 'alice-secret'],
    ['*', 'alice-secret'],
    ['al*', 'alice-secret'],
    ['*)(uid=*', 'alice-secret'],
    ['admin)(|(a=b', 'alice-secret'],
    ['alice)(uid=alice', 'alice-secret'],
    ['alice\0', 'alice-secret'],
    ['\\61lice', 'alice-secret'],
    ['alice', 'alice-secret\0'],
    ['', 'alice-secret'],
    ['nobody', 'alice-secret'],
    ['twin', 'twin-secret'],
    ['mailless', 'mailless-secret'],
    ['reader', 'reader-secret'],
  ]
  for (const [name, password] of cases)
    for (const way of [{}, direct])
      assert.equal(await ldap(way).check(name, password, never()), null, JSON.stringify([name, password]))
  const juergen = await ldap().check('jürgen(*)', 'pässwörd', never())
  assert.deepEqual(juergen?.addresses, ['juergen@corp.example'])
})

test('only members of the group', async () => {
  const group = { group_base: `ou=groups,${base}`, group_filter: '(&(cn=quarantine)(member={dn}))' }
  for (const way of [group, { ...direct, ...group }]) {
    assert.deepEqual(await ldap(way).check('alice', 'alice-secret', never()), alice)
    assert.equal(await ldap(way).check('bob', 'bob-secret', never()), null)
  }
  assert.ok(await ldap(group).check('jürgen(*)', 'pässwörd', never()), 'a DN with signs of filters in it')
})

test('what is the directory’s fault is not a wrong password; the password is not in the error', async () => {
  const cases: [Record<string, unknown>, RegExp][] = [
    [{ bind_password: 'wrong' }, /refused bind_dn with code 49/],
    [{ base: 'dc=nowhere' }, /search with code 32/],
    [{ tls_ca_file: '' }, /DEPTH_ZERO_SELF_SIGNED_CERT/],
    [{ servers: [`localhost:${slapd.securePort}`] }, /ERR_TLS_CERT_ALTNAME_INVALID/],
    [{ servers: ['127.0.0.1:1'] }, /ECONNREFUSED/],
    [{ servers: [`127.0.0.1:${slapd.port}`], timeout_s: 1 }, /./],
  ]
  for (const [more, words] of cases) {
    const error = await ldap(more)
      .check('alice', 'alice-secret', never())
      .then(
        () => assert.fail('should not have answered'),
        (thrown: unknown) => thrown,
      )
    assert.ok(error instanceof Problem && error.code === 'unavailable', String(error))
    assert.match(error.message, words)
    assert.doesNotMatch(`${error.stack} ${JSON.stringify(error)}`, /-secret/)
  }
})

test('a referral is not followed', async () => {
  // Below `ou=elsewhere` slapd answers with a referral (code 10) to a port where nobody is.
  await assert.rejects(
    ldap({ base: `ou=elsewhere,${base}` }).check('alice', 'alice-secret', never()),
    /search with code 10/,
  )
})

test('the next directory is asked when one is not there', async () => {
  const servers = ['127.0.0.1:1', `127.0.0.1:${slapd.securePort}`]
  assert.deepEqual(await ldap({ servers }).check('alice', 'alice-secret', never()), alice)
})
