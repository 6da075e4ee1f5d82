/**
 * A Postfix of our own: own configuration, queue and data folders, loopback only, no look-ups, nothing of /etc used.
 * Needs root, as Postfix does (master drops privileges). Stopped by its own stop command, which knows its pid.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { atEnd } from './ending.ts'
import { needPackages } from './packages.ts'
import { startDaemon, waitForGreeting } from './processes.ts'

export interface PostfixOptions {
  /** Emptied first. Every folder above it must let the user `postfix` through. */
  folder: string
  /** SMTP on 127.0.0.1. */
  port: number
  /** More lines of main.cf. */
  main?: Record<string, string>
  /** `-o` options of the SMTP service, `name=value`. */
  smtpd?: string[]
  /** More services of master.cf, whole lines. */
  services?: string[]
  /** Environment of every process of it, as for a preloaded library. */
  env?: Record<string, string>
  /** A command to run it under (`strace …`). */
  under?: string[]
}

export interface Postfix {
  port: number
  /** The master process: root of the tree. */
  pid: number
  /** For `-c` of Postfix commands. */
  config: string
  log: string
  /** Files in a queue: hold, deferred, active, incoming. */
  queued(queue: string): number
  empty(): void
  stop(): Promise<void>
}

/** Takes everything into the HOLD queue. */
export const holdEverything = {
  smtpd_recipient_restrictions: 'check_client_access static:HOLD, permit_mynetworks, reject',
  smtpd_relay_restrictions: 'permit_mynetworks, reject',
}

const services = [
  'pickup unix n - n 60 1 pickup',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'verify unix - - n - 1 verify',
  'flush unix n - n 1000? 0 flush',
  'proxymap unix - - n - - proxymap',
  'proxywrite unix - - n - 1 proxymap',
  'smtp unix - - n - - smtp',
  'relay unix - - n - - smtp',
  'lmtp unix - - n - - lmtp',
  'showq unix n - n - - showq',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  'discard unix - - n - - discard',
  'local unix - n n - - local',
  'virtual unix - n n - - virtual',
  'anvil unix - - n - 1 anvil',
  'scache unix - - n - 1 scache',
  'postlog unix-dgram n - n - 1 postlogd',
]

function mainCf(folder: string, { main = {}, env = {} }: PostfixOptions): string {
  const imported = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const settings: Record<string, string> = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    command_directory: '/usr/sbin',
    daemon_directory: '/usr/lib/postfix/sbin',
    mail_owner: 'postfix',
    setgid_group: 'postdrop',
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    myhostname: 'postfix.peer.example',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    local_recipient_maps: '',
    alias_maps: '',
    alias_database: '',
    disable_dns_lookups: 'yes',
    smtpd_peername_lookup: 'no',
    smtp_host_lookup: 'native',
    smtp_tls_security_level: 'none',
    smtpd_tls_security_level: 'none',
    smtpd_recipient_limit: '1000',
    message_size_limit: '200000000',
    mailbox_size_limit: '0',
    biff: 'no',
    maillog_file: join(folder, 'mail.log'),
    maillog_file_prefixes: folder,
    import_environment: [
      'MAIL_CONFIG',
      'MAIL_DEBUG',
      'MAIL_LOGTAG',
      'TZ',
      'LANG=C',
      'POSTLOG_SERVICE',
      'POSTLOG_HOSTNAME',
      ...imported,
    ].join(' '),
    ...main,
  }
  return `${Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n')}\n`
}

export async function startPostfix(options: PostfixOptions): Promise<Postfix> {
  needPackages('postfix')
  const { folder, port, smtpd = [], services: more = [] } = options
  rmSync(folder, { recursive: true, force: true })
  const config = join(folder, 'config')
  for (const name of [folder, config, join(folder, 'queue'), join(folder, 'data')])
    mkdirSync(name, { recursive: true, mode: 0o755 })
  for (let parent = folder; parent !== dirname(parent); parent = dirname(parent)) letThrough(parent)
  const owner = Number(execFileSync('id', ['-u', 'postfix'], { encoding: 'utf8' }))
  chownSync(join(folder, 'data'), owner, 0)
  writeFileSync(join(config, 'main.cf'), mainCf(folder, options))
  const listener = `127.0.0.1:${port} inet n - n - - smtpd${smtpd.map((option) => ` -o ${option}`).join('')}`
  writeFileSync(join(config, 'master.cf'), `${[listener, ...services, ...more].join('\n')}\n`)
  start(config, folder, options.under)
  const order = () => void spawnSync('/usr/sbin/postfix', ['-c', config, 'stop'], { stdio: 'ignore' })
  const forget = atEnd(order)
  await waitForGreeting(port)
  const pid = Number(readFileSync(join(folder, 'queue', 'pid', 'master.pid'), 'latin1').trim())
  return {
    port,
    pid,
    config,
    log: join(folder, 'mail.log'),
    queued: (queue) => countFiles(join(folder, 'queue', queue)),
    empty: () => void spawnSync('/usr/sbin/postsuper', ['-c', config, '-d', 'ALL'], { stdio: 'ignore' }),
    async stop() {
      order()
      forget()
      for (let i = 0; i < 100 && existsSync(`/proc/${pid}`); i++) await sleep(50)
    },
  }
}

function start(config: string, folder: string, [command, ...args]: string[] = []): void {
  if (command) {
    const all = [...args, '/usr/sbin/postfix', '-c', config, 'start-fg']
    startDaemon(command, all, { log: join(folder, 'start.log') })
    return
  }
  const started = spawnSync('/usr/sbin/postfix', ['-c', config, 'start'], { encoding: 'utf8' })
  if (started.status !== 0) throw new Error(`postfix did not start: ${started.stderr}`)
}

/** A folder that mkdtemp made is closed to others; Postfix's own user must get through. */
function letThrough(folder: string): void {
  if (folder.startsWith('/tmp/') || folder.startsWith('/var/tmp/')) chmodSync(folder, 0o755)
}

const countFiles = (folder: string): number =>
  Number(execFileSync('sh', ['-c', 'find "$1" -type f | wc -l', 'sh', folder], { encoding: 'utf8' }))
