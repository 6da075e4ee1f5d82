/**
 * An OpenLDAP server of our own with an organisation in it: own folder, free ports, loopback only, nothing of /etc but
 * its schemas used.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needPackages } from '../../bench/peers/packages.ts'
import { startDaemon } from '../../bench/peers/processes.ts'
import { selfSignedCertificate } from '../../src/app/x509.ts'
import { freePort } from '../postgres.ts'
import { patiently } from './gateway.ts'

export const base = 'dc=corp,dc=example'

export interface Slapd extends AsyncDisposable {
  /** LDAP, with StartTLS. */
  port: number
  /** LDAPS. */
  securePort: number
  caFile: string
  stop(): Promise<unknown>
}

const person = (rdn: string, name: string, password: string | null, more: string[] = []) =>
  [
    `dn: ${rdn},ou=people,${base}`,
    'objectClass: inetOrgPerson',
    'objectClass: extensibleObject',
    `cn: ${name}`,
    `sn: ${name}`,
    ...(password === null ? [] : [`userPassword: ${password}`]),
    ...more,
  ].join('\n')

const base64 = (text: string) => Buffer.from(text).toString('base64')

const people = [
  `dn: ${base}\nobjectClass: dcObject\nobjectClass: organization\no: Corp\ndc: corp`,
  `dn: ou=people,${base}\nobjectClass: organizationalUnit\nou: people`,
  `dn: ou=groups,${base}\nobjectClass: organizationalUnit\nou: groups`,
  `dn: cn=reader,${base}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: reader-secret`,
  person('uid=alice', 'Alice Example', 'alice-secret', [
    'uid: alice',
    'mail: alice@corp.example',
    'proxyAddresses: smtp:a.example@corp.example',
    'proxyAddresses: SMTP:Alice.Example@corp.example',
    'proxyAddresses: x500:/o=Corp/cn=alice',
    'displayName: Alice E.',
  ]),
  person('uid=bob', 'Bob', 'bob-secret', ['uid: bob', 'mail: bob@corp.example']),
  person('cn=No Password', 'No Password', null, ['uid: nobody', 'mail: nobody@corp.example']),
  person('cn=one', 'one', 'twin-secret', ['uid: twin', 'mail: twin@corp.example']),
  person('cn=two', 'two', 'twin-secret', ['uid: twin', 'mail: twin@corp.example']),
  person('uid=mailless', 'Mailless', 'mailless-secret', ['uid: mailless']),
  // A name with everything that filters and DNs must not trip over.
  [
    `dn:: ${base64(`cn=J\\C3\\BCrgen (\\2A) \\2C\\5C,ou=people,${base}`)}`,
    'objectClass: inetOrgPerson',
    'objectClass: extensibleObject',
    `cn:: ${base64('Jürgen (*) ,\\')}`,
    `sn:: ${base64('Jürgen')}`,
    `uid:: ${base64('jürgen(*)')}`,
    `userPassword:: ${base64('pässwörd')}`,
    'mail: juergen@corp.example',
  ].join('\n'),
  `dn: cn=quarantine,ou=groups,${base}\nobjectClass: groupOfNames\ncn: quarantine\nmember: uid=alice,ou=people,${base}\nmember:: ${base64(`cn=J\\C3\\BCrgen (\\2A) \\2C\\5C,ou=people,${base}`)}`,
  `dn: ou=elsewhere,${base}\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\nref: ldap://127.0.0.1:1/ou=people,${base}`,
]

export async function startSlapd(): Promise<Slapd> {
  needPackages('slapd', 'ldap-utils')
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-slapd-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  mkdirSync(join(folder, 'db'))
  const now = Date.now()
  const { key, cert } = selfSignedCertificate([], ['127.0.0.1'], now - 86_400_000, now + 86_400_000)
  const caFile = file('cert.pem', cert)
  const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`)
  const config = file(
    'slapd.conf',
    `${[
      ...schemas,
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      `pidfile ${join(folder, 'slapd.pid')}`,
      `TLSCertificateFile ${caFile}`,
      `TLSCertificateKeyFile ${file('key.pem', key)}`,
      "attributetype ( 1.2.840.113556.1.2.210 NAME 'proxyAddresses' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
      // What makes empty passwords dangerous: allowed here, as some directories have it.
      'allow bind_anon_cred bind_anon_dn',
      'database mdb',
      `suffix "${base}"`,
      `directory ${join(folder, 'db')}`,
      `rootdn "cn=root,${base}"`,
      'access to attrs=userPassword by anonymous auth',
      'access to * by * read',
    ].join('\n')}\n`,
  )
  execFileSync('/usr/sbin/slapadd', ['-f', config, '-l', file('people.ldif', `${people.join('\n\n')}\n`)])
  const [port, securePort] = [await freePort(), await freePort()]
  const urls = `ldap://127.0.0.1:${port}/ ldaps://127.0.0.1:${securePort}/`
  const daemon = startDaemon('/usr/sbin/slapd', ['-f', config, '-h', urls, '-d', '0'], {
    log: join(folder, 'slapd.log'),
  })
  const listens = () =>
    new Promise<true | undefined>((resolve) => {
      const socket = connect(securePort, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(undefined))
      socket.once('connect', () => socket.destroy())
    })
  await patiently('slapd', listens)
  return {
    port,
    securePort,
    caFile,
    stop: () => daemon.end(),
    async [Symbol.asyncDispose]() {
      await daemon.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
