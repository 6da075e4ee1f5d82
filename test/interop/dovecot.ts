/**
 * A Dovecot of our own: IMAP with and without TLS, and its authentication for Postfix (SASL). Own folder, free ports,
 * loopback only. Needs root, as Dovecot's master does; stopped by its own pid.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { needPackages } from '../../bench/peers/packages.ts'
import { startDaemon } from '../../bench/peers/processes.ts'
import { selfSignedCertificate } from '../../src/app/x509.ts'
import { freePort } from '../postgres.ts'
import { patiently } from './gateway.ts'

export interface Dovecot extends AsyncDisposable {
  /** IMAP with STARTTLS; also on 127.0.0.2, which Dovecot does not take for the same machine. */
  port: number
  /** IMAP under TLS from the beginning. */
  securePort: number
  caFile: string
  certFile: string
  keyFile: string
  /** The socket that Postfix asks about passwords. */
  authSocket: string
}

export interface DovecotOptions {
  /** By whole name, as `alice@corp.example`. */
  passwords: Record<string, string>
  /** More lines of dovecot.conf. */
  more?: string
}

export async function startDovecot({ passwords, more = '' }: DovecotOptions): Promise<Dovecot> {
  needPackages('dovecot-imapd')
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-dovecot-'))
  chmodSync(folder, 0o755)
  const file = (name: string, text: string, mode = 0o644) => {
    writeFileSync(join(folder, name), text, { mode })
    return join(folder, name)
  }
  const now = Date.now()
  const { key, cert } = selfSignedCertificate([], ['127.0.0.1'], now - 86_400_000, now + 86_400_000)
  const [caFile, keyFile] = [file('cert.pem', cert), file('key.pem', key, 0o600)]
  const quoted = (text: string) => `{PLAIN.b64}${Buffer.from(text).toString('base64')}`
  const users = Object.entries(passwords).map(([name, password]) => `${name}:${quoted(password)}::::::`)
  const passwordFile = file('users', `${users.join('\n')}\n`)
  const broken = file('broken', '#!/bin/sh\nexit 111\n', 0o755)
  const boxes = join(folder, 'boxes')
  mkdirSync(boxes)
  execFileSync('chown', ['nobody:nogroup', boxes])
  const [port, securePort] = [await freePort(), await freePort()]
  const authSocket = join(folder, 'auth-for-postfix')
  const config = file(
    'dovecot.conf',
    `
base_dir = ${join(folder, 'run')}
state_dir = ${join(folder, 'state')}
log_path = ${join(folder, 'dovecot.log')}
protocols = imap
listen = 127.0.0.1, 127.0.0.2
ssl = yes
ssl_cert = <${caFile}
ssl_key = <${keyFile}
disable_plaintext_auth = yes
login_trusted_networks =
auth_mechanisms = plain login
auth_failure_delay = 0
auth_cache_size = 0
mail_location = maildir:${boxes}/%u
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${passwordFile}
}
# Whoever is called so: nobody can tell whether his password is right (111: a temporary fault).
passdb {
  driver = checkpassword
  args = ${broken}
  username_filter = broken@*
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${boxes}/%u
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${securePort}
    ssl = yes
  }
}
service auth {
  unix_listener ${authSocket} {
    mode = 0666
  }
}
# Its penalty for wrong passwords is per address, and everybody comes from ours.
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
${more}
`,
  )
  const daemon = startDaemon('/usr/sbin/dovecot', ['-F', '-c', config], { log: join(folder, 'master.log') })
  const greets = () =>
    new Promise<true | undefined>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => socket.destroy()).once('data', () => resolve(true))
      socket.once('error', () => resolve(undefined)).once('close', () => resolve(undefined))
    })
  await patiently('Dovecot', greets)
  return {
    port,
    securePort,
    caFile,
    certFile: caFile,
    keyFile,
    authSocket,
    async [Symbol.asyncDispose]() {
      await daemon.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
