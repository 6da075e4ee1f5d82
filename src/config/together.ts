/** Settings that are right one by one and wrong together: found before anything starts, like every other error. */
import type { AdminOptions } from '../http/options.ts'
import { type LmtpOptions, parseListen, type SmtpOptions, smtpOptions } from '../intake/options.ts'
import type { Finding } from './check.ts'

export interface Together {
  smtp: SmtpOptions
  lmtp: LmtpOptions
  next_hop: { host: string; port: number }
  store: { engine: string; url: string }
  admin: AdminOptions
  areas: readonly { name: string }[]
  euq: { enabled: boolean; base_url: string }
  digest: { enabled: boolean }
}

/** @param where line of a key in the file. */
export function togetherFindings(config: Together, where: (path: string[]) => string): Finding[] {
  const { smtp, store, admin, next_hop: hop, areas } = config
  const findings: Finding[] = []
  const complain = (section: string, key: string, reason: string, remedy: string) =>
    findings.push({ where: where([section, key]), key: `${section}.${key}`, reason, remedy })

  const listening = [...smtp.listen, ...config.lmtp.listen].find((text) => isItself(hop, text))
  if (listening !== undefined)
    complain(
      'next_hop',
      'port',
      `${hop.host}:${hop.port} is this server itself (${listening}): mail would go round in circles`,
      'Name the server, or the port of it, that does not filter again.',
    )
  if (
    smtp.custody_area !== smtpOptions.options.custody_area.default &&
    !areas.some(({ name }) => name === smtp.custody_area)
  )
    complain(
      'smtp',
      'custody_area',
      `there is no area "${smtp.custody_area}"`,
      `Write one of ${areas.map(({ name }) => `"${name}"`).join(', ')}, or add it under [[areas]].`,
    )
  if (store.engine === 'postgres' && store.url === '')
    complain(
      'store',
      'url',
      'is needed for PostgreSQL',
      'Write "postgresql://user:password@host:5432/database".',
    )
  if ((admin.cert_file === '') !== (admin.key_file === ''))
    complain(
      'admin',
      admin.cert_file === '' ? 'cert_file' : 'key_file',
      'certificate and key belong together, and only one of them is set',
      'Set both, or neither for a self-signed certificate.',
    )
  if (config.digest.enabled && !config.euq.enabled)
    complain(
      'digest',
      'enabled',
      'digests have links to the quarantine of users, which is switched off',
      'Set enabled = true in section [euq], or false here.',
    )
  else if (config.digest.enabled && config.euq.base_url === '')
    complain(
      'digest',
      'enabled',
      'digests have links, and it is not said where users reach them',
      'Set base_url in section [euq].',
    )
  return findings
}

/** Whether mail for the next hop would arrive at this listener of ours. */
function isItself({ host, port }: Together['next_hop'], listener: string): boolean {
  const ours = parseListen(listener)
  if ('path' in ours) return host === ours.path
  if (ours.port === 0 || ours.port !== port) return false
  const everywhere = ours.host === '0.0.0.0' || ours.host === '::'
  return host === ours.host || (isLoopback(host) && (everywhere || isLoopback(ours.host)))
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.')
