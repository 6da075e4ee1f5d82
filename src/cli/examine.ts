/** What `lazaret doctor` looks at: the surroundings of a server, running or not. Each look gives findings, never an exception. */
import { X509Certificate } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, isIP } from 'node:net'
import { keptCertificate } from '../app/certificate.ts'
import { freeMb } from '../app/disk.ts'
import { isLocked, lockHolder } from '../app/lock.ts'
import { systemClock } from '../clock.ts'
import type { Config, LoadedConfig } from '../config.ts'
import { Broken, Connection } from '../delivery/connection.ts'
import { parseListen as parseAdminListen } from '../http/options.ts'
import { type ListenAddress, parseListen } from '../intake/options.ts'
import { Problem } from '../problem.ts'
import { openPostgres } from '../store/postgres/engine.ts'

export interface Finding {
  what: string
  level: 'good' | 'warning' | 'bad'
  text: string
  /** What to do; '' when good. */
  remedy: string
}

const dayMs = 86_400_000

export async function examine(loaded: LoadedConfig): Promise<Finding[]> {
  const { config, dataDir } = loaded
  const running = existsSync(dataDir) && isLocked(dataDir)
  return [
    node(),
    settings(loaded),
    ...(await folder(config, dataDir, running)),
    clock(),
    ...(await Promise.all([
      ...[...config.smtp.listen, ...config.lmtp.listen].map((text) => port(text, parseListen(text), running)),
      ...[...config.admin.listen, ...(config.euq.enabled ? euqListen(config) : [])].map((text) =>
        port(text, parseAdminListen(text), running),
      ),
    ])),
    await nextHop(config),
    certificate(config, dataDir),
    ...trust(config),
    ...(config.euq.enabled ? quarantineOfUsers(config, dataDir) : []),
    ...(config.store.engine === 'postgres' ? [await postgres(config)] : []),
  ]
}

const euqListen = ({ euq }: Config): string[] => [...euq.listen, ...euq.secondary_listen]

const good = (what: string, text: string): Finding => ({ what, level: 'good', text, remedy: '' })
const warning = (what: string, text: string, remedy: string): Finding => ({
  what,
  level: 'warning',
  text,
  remedy,
})
const bad = (what: string, text: string, remedy: string): Finding => ({ what, level: 'bad', text, remedy })

function node(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= 26) return good('node', process.version)
  return bad('node', `${process.version} is too old.`, 'Start with npm, which brings Node 26.')
}

function settings({ file, warnings }: LoadedConfig): Finding {
  if (warnings.length > 0)
    return warning('configuration', warnings.join(' '), 'Correct or remove these variables.')
  if (file !== null && (statSync(file).mode & 0o022) !== 0)
    return warning('configuration', `${file} can be changed by others.`, `chmod go-w ${file}`)
  return good('configuration', file ?? 'all defaults, no file')
}

async function folder(config: Config, dataDir: string, running: boolean): Promise<Finding[]> {
  if (!existsSync(dataDir)) return [good('data directory', `${dataDir} will be made at the first start.`)]
  const findings: Finding[] = []
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    const open = (statSync(dataDir).mode & 0o077) !== 0
    findings.push(
      open
        ? warning('data directory', `${dataDir} is open to other accounts.`, `chmod 700 ${dataDir}`)
        : good(
            'data directory',
            `${dataDir}, ${running ? `in use by process ${lockHolder(dataDir) ?? '?'}` : 'not in use'}`,
          ),
    )
  } catch (error) {
    return [
      bad(
        'data directory',
        (error as Error).message,
        'Run Lazaret and this command as the owner of the folder.',
      ),
    ]
  }
  const free = await freeMb(dataDir)
  const text = `${Math.round(free)} MB free`
  if (free < config.server.free_space_mb)
    findings.push(
      bad('disk', `${text}: no mail is taken in.`, 'Make room, or move server.data_dir to a larger disk.'),
    )
  else if (free < 4 * config.server.free_space_mb)
    findings.push(warning('disk', `${text}.`, 'Make room before it runs out.'))
  else findings.push(good('disk', text))
  return findings
}

/** Ids and retention go by the clock; the program itself was written at a time that must be past. */
function clock(): Finding {
  const now = systemClock.now()
  const written = statSync(new URL('../../package.json', import.meta.url)).mtimeMs
  const text = new Date(now).toISOString()
  if (now + dayMs < written)
    return bad('clock', `${text} is before this program was installed.`, 'Set the clock; use NTP.')
  return good('clock', text)
}

async function port(text: string, at: ListenAddress | null, running: boolean): Promise<Finding> {
  if (at === null || 'path' in at || at.port === 0) return good(`address ${text}`, 'not looked at')
  const code = await new Promise<string>((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen(at.port, at.host, () => server.close(() => resolve('')))
  })
  const what = `address ${text}`
  if (code === '')
    return running
      ? bad(what, 'The server runs, but nobody listens here.', 'See its log; restart it.')
      : good(what, 'free')
  if (code === 'EADDRINUSE')
    return running
      ? good(what, 'listening')
      : bad(what, 'Another program listens here.', 'End it, or choose another address.')
  return bad(
    what,
    `It cannot be used: ${code}.`,
    'Choose an address of this machine and a port that this account may use.',
  )
}

async function nextHop({ next_hop: hop }: Config): Promise<Finding> {
  if (hop.host === '')
    return warning(
      'next hop',
      'TRIAL MODE: released and clean mail is not really delivered, but kept as files.',
      'Set next_hop.host.',
    )
  const where = hop.host.startsWith('/') ? hop.host : `${hop.host}:${hop.port}`
  const timeoutMs = 10_000
  try {
    const connection = await Connection.open(
      {
        host: hop.host,
        port: hop.port,
        lmtp: hop.protocol === 'lmtp',
        heloName: hop.helo_name || 'localhost',
        chunking: hop.chunking,
        tls: hop.tls,
        tlsVerify: hop.tls_verify,
        tlsAuthorities: hop.tls_ca_file === '' ? undefined : readFileSync(hop.tls_ca_file, 'utf8'),
        connectTimeoutMs: timeoutMs,
        commandTimeoutMs: timeoutMs,
        dataTimeoutMs: timeoutMs,
      },
      AbortSignal.timeout(timeoutMs),
    )
    const tls = connection.tls || 'without TLS'
    connection.quit()
    return good('next hop', `${where} answers, ${tls}`)
  } catch (error) {
    if (error instanceof Broken)
      return bad('next hop', `${where}: ${error.message}.`, 'Start it, or correct [next_hop].')
    if ((error as NodeJS.ErrnoException).syscall !== undefined)
      return bad('next hop', `tls_ca_file: ${(error as Error).message}.`, 'Name a PEM file that can be read.')
    throw error
  }
}

function certificate({ admin }: Config, dataDir: string): Finding {
  try {
    const kept = keptCertificate(dataDir, { cert: admin.cert_file, key: admin.key_file })
    if (!kept) return good('certificate', 'a self-signed one will be made at the first start')
    const { expiresAt, selfSigned } = kept
    const days = Math.floor((expiresAt - systemClock.now()) / dayMs)
    const text = `${selfSigned ? 'self-signed, ' : ''}valid for ${days} more days`
    if (days < 0) return bad('certificate', `It expired ${-days} days ago.`, 'Renew it.')
    return days < 21
      ? warning(
          'certificate',
          text,
          selfSigned ? 'It is made anew at the next start after that.' : 'Renew it.',
        )
      : good('certificate', text)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return bad('certificate', error.message, error.remedy)
  }
}

/** Who is believed about others, and who may send here at all. */
function trust({ smtp, scan, admin, euq }: Config): Finding[] {
  const everybody = (networks: readonly string[]) =>
    networks.filter((network) => /\/[0-7]$/.test(network) || /^(0\.0\.0\.0|::)(\/|$)/.test(network))
  const findings: Finding[] = []
  const lists = {
    'smtp.allowed_clients': smtp.allowed_clients,
    'smtp.trusted_peers': smtp.trusted_peers,
    'scan.trusted_peers': scan.trusted_peers,
    'admin.trusted_proxies': admin.trusted_proxies,
    'euq.trusted_proxies': euq.trusted_proxies,
  }
  for (const [key, networks] of Object.entries(lists)) {
    const wide = everybody(networks)
    if (wide.length > 0)
      findings.push(
        bad(
          key,
          `${wide.join(', ')} is (nearly) everybody: anyone can send mail to anyone, or forge who a client is.`,
          'List your own servers only.',
        ),
      )
  }
  if (admin.listen.some((text) => /^(0\.0\.0\.0|\[::\]):/.test(text)))
    findings.push(
      warning(
        'admin.listen',
        'The API answers on every network of this machine.',
        'Listen on a private address.',
      ),
    )
  return findings.length > 0 ? findings : [good('trust', 'only listed networks are let in and believed')]
}

/** Where users reach it must be told: an address that listens everywhere or here only is no good in their mail. */
function quarantineOfUsers({ euq, admin }: Config, dataDir: string): Finding[] {
  const what = 'euq.base_url'
  const remedy = 'Set euq.base_url to the address that users open: "https://quarantine.example.org:8447".'
  if (euq.base_url === '')
    return euq.listen.every((text) => /^(127\.|localhost:|\[::1\]:)/.test(text))
      ? [good(what, 'not set: users reach their quarantine on this machine only')]
      : [warning(what, `It is not set: links for users begin with https://${euq.listen[0]}.`, remedy)]
  const host = new URL(euq.base_url).hostname
  if (isMadeOutFor(host, admin, dataDir)) return [good(what, euq.base_url)]
  return [
    warning(
      what,
      `The certificate is not made out for ${host}: browsers of users warn.`,
      'Set admin.cert_file and admin.key_file, or let a reverse proxy in front of it have one.',
    ),
  ]
}

/** True as well where there is none to look at: then something else is wrong. */
function isMadeOutFor(host: string, { cert_file, key_file }: Config['admin'], dataDir: string): boolean {
  try {
    const kept = keptCertificate(dataDir, { cert: cert_file, key: key_file })
    if (!kept) return true
    const name = host.replace(/^\[|\]$/g, '')
    const certificate = new X509Certificate(kept.cert)
    return (isIP(name) === 0 ? certificate.checkHost(name) : certificate.checkIP(name)) !== undefined
  } catch (error) {
    if (error instanceof Problem) return true
    throw error
  }
}

async function postgres({ store }: Config): Promise<Finding> {
  try {
    await using _engine = await openPostgres({
      url: store.url,
      connections: 2,
      statementTimeoutMs: 5000,
      failed: () => undefined,
    })
    return good('PostgreSQL', 'answers; what it says is committed is on disk')
  } catch (error) {
    const remedy =
      error instanceof Problem
        ? error.remedy
        : 'Check store.url, and that the server runs and lets this account in.'
    return bad('PostgreSQL', (error as Error).message, remedy)
  }
}
