/**
 * The composition root: opens every part in order, wires them together, closes them in reverse. Tests start the same
 * thing. What cannot be opened is a Problem that says what to do, and what was open before is closed again.
 */
import { mkdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { ensureFirstAdministrator } from './access/accounts.ts'
import { type Certificate, openCertificate } from './app/certificate.ts'
import { freeMb, watchDisk } from './app/disk.ts'
import { startEuqServices } from './app/euq.ts'
import { newLocalKey, writeLocalServer } from './app/local-key.ts'
import { lockDataDir } from './app/lock.ts'
import { startMailings } from './app/mailings.ts'
import { type Part, parts } from './app/parts.ts'
import { openScannersHealth, type ScannersHealth } from './app/scanners.ts'
import { startTrial, type Trial } from './app/trial.ts'
import { version } from './app/version.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Config, type LoadedConfig, policyOf, type Reloaded, reloadConfig } from './config.ts'
import type { Context } from './context.ts'
import type { Courier } from './delivery/courier.ts'
import { smtpCourier } from './delivery/smtp.ts'
import { startWorker } from './delivery/worker.ts'
import { createEvents } from './events.ts'
import { baseUrl } from './http/euq/options.ts'
import type { Listener } from './http/listener.ts'
import { startAdmin } from './http/server.ts'
import { type Intake, startIntake } from './intake/listen.ts'
import { createLog } from './log.ts'
import { Problem } from './problem.ts'
import { startHousekeeping } from './quarantine/housekeeping.ts'
import { startJobWorker } from './quarantine/job-worker.ts'
import { scannersOf } from './scan/scanners.ts'
import { authenticationOf } from './scan/upstream.ts'
import { openStore, type WrapEngine } from './store/open.ts'

export interface Overrides {
  /** Which parts run; all when left out. */
  parts?: readonly Part[]
  /** Password of the first administrator, when there is none yet; otherwise one is made up. */
  adminPassword?: string
  clock?: Clock
  /** For tests that make the database fail. */
  wrapEngine?: WrapEngine
}

export interface App extends AsyncDisposable {
  readonly ctx: Context
  readonly config: Config
  /** `smtp 127.0.0.1:10024` */
  readonly intakeAddresses: readonly string[]
  /** `https://127.0.0.1:8445` */
  readonly adminUrls: readonly string[]
  /** Of the services for users that run here, the primary's first. */
  readonly euqUrls: readonly string[]
  /** They run, and nobody can sign in until somebody is invited. */
  readonly lacksUsers: boolean
  /** Set when no next hop is configured: nothing is really delivered. */
  readonly trial: { inbox: string } | null
  readonly certificate: Certificate
  /** Set at the very first start. */
  readonly firstAdministrator: { name: string; password: string; generated: boolean } | null
  /** Reads the configuration again. @throws Problem and changes nothing when there is an error in it. */
  reload(): Reloaded
}

/** @throws Problem when something cannot be had as configured. */
export async function startApp(loaded: LoadedConfig, overrides: Overrides = {}): Promise<App> {
  const { config, dataDir } = loaded
  const { clock = systemClock, parts: running = parts } = overrides
  await using stack = new AsyncDisposableStack()
  prepareDataDir(dataDir)
  stack.use(lockDataDir(dataDir))

  const log = createLog(config.log.level)
  const events = createEvents(log)
  const { db, content } = stack.use(
    await openStore(config.store, dataDir, { clock, log, events }, overrides.wrapEngine),
  )
  const ctx: Context = { db, content, clock, log, events }
  const readCertificate = () =>
    openCertificate(dataDir, { cert: config.admin.cert_file, key: config.admin.key_file }, clock)
  let certificate = readCertificate()
  const firstAdministrator = await ensureFirstAdministrator(ctx, overrides.adminPassword ?? null)
  const scannersHealth = stack.use(openScannersHealth(ctx))
  const live = liveSettings(config, scannersHealth)
  const trial =
    config.next_hop.host === '' ? stack.use(await startTrial(dataDir, config.smtp, clock, log)) : null
  const courier = stack.use(courierOf(config, trial, clock))
  const disk = stack.use(await watchDisk(dataDir, () => config.server.free_space_mb, clock, events))

  // These stop side by side: each may wait for what it has under way.
  const stopping: AsyncDisposable[] = []
  stack.defer(async () => {
    await Promise.all(stopping.map((part) => part[Symbol.asyncDispose]()))
  })
  if (running.includes('housekeeping'))
    stopping.push(startHousekeeping(ctx, () => live.areas().areas, config.retention))
  if (running.includes('delivery')) stopping.push(startWorker(ctx, courier, config.delivery))
  const mailings = startMailings(ctx, config, running, { courier, areas: () => live.areas().areas })
  stopping.push(mailings)
  let intake: Intake | null = null
  if (running.includes('intake')) {
    const needs = { ...live, nextHop: courier, pressure: disk.pressure, tls: () => certificate }
    intake = await startIntake(ctx, needs, config)
    stopping.push(intake)
  }
  // Beside the API that orders them; what another process has begun is taken up when that one is gone.
  if (running.includes('admin')) stopping.push(startJobWorker(ctx, () => live.areas().areas))
  let admin: Listener | null = null
  const adminUrls: string[] = []
  const localKey = newLocalKey()
  const tellLocalServer = () => {
    const url = reachable(adminUrls[0] ?? '')
    if (url !== '') writeLocalServer(dataDir, { key: localKey, url, fingerprint: certificate.fingerprint })
  }
  if (running.includes('admin')) {
    admin = await startAdmin(ctx, config.admin, {
      policy: live.areas,
      tls: certificate,
      version,
      serverName: hostname(),
      localKey,
      users: {
        url: () => baseUrl(config.euq),
        invitationHours: () => config.sign_in.invitation_hours,
        // In trial mode mail ends in a folder of this machine.
        post: trial ? null : mailings.post,
        sender: mailings.sender,
        idleMinutes: () => config.euq.idle_minutes,
        sendersPerUser: () => config.euq.senders_per_user,
      },
      digests: mailings.digests,
      freeBytes: async () => (config.store.engine === 'sqlite' ? (await freeMb(dataDir)) * 1e6 : null),
      scanners: () => scannersHealth.read(live.scanners().map(({ name }) => name)),
      unready: disk.pressure,
    })
    stopping.push(admin)
    adminUrls.push(...admin.addresses.map((address) => `https://${address}`))
    tellLocalServer()
  }

  const euq = await startEuqServices(ctx, config, overrides.parts ?? null, {
    policy: live.areas,
    tls: certificate,
    serverName: hostname(),
    digestLinks: mailings.links,
    post: mailings.post,
    sender: mailings.sender,
  })
  stopping.push(...euq.listeners)

  const opened = stack.move()
  return {
    ctx,
    config,
    intakeAddresses: intake?.addresses ?? [],
    adminUrls,
    euqUrls: euq.urls,
    lacksUsers: euq.lacksUsers,
    trial,
    get certificate() {
      return certificate
    },
    firstAdministrator,
    reload() {
      // Before anything is changed: their files may be wrong, too.
      const renewed = readCertificate()
      const showLogo = euq.renewLogo()
      const reloaded = reloadConfig(loaded)
      certificate = renewed
      showLogo()
      live.refresh()
      admin?.reload(certificate)
      for (const listener of euq.listeners) listener.reload(certificate)
      tellLocalServer()
      log.level = config.log.level
      intake?.reload(config)
      events.tell({ kind: 'config-reloaded', changed: reloaded.changed })
      return reloaded
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** A folder that is there already keeps its rights: it may be a shared one (`lazaret doctor` warns). */
function prepareDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    const remedy = 'Give Lazaret a folder of its own, or set server.data_dir.'
    throw new Problem(
      'unavailable',
      `The data directory ${dataDir} cannot be used: ${(error as Error).message}.`,
      remedy,
    )
  }
}

/** What is made from the configuration and asked for at each mail. */
function liveSettings(config: Config, { watch }: ScannersHealth) {
  const make = () => ({
    policy: policyOf(config),
    scanners: scannersOf(config.scan).map(watch),
    authenticationOf: authenticationOf(config.scan),
  })
  let now = make()
  return {
    policy: () => now.policy,
    scanners: () => now.scanners,
    authenticationOf: (mail: Parameters<typeof now.authenticationOf>[0]) => now.authenticationOf(mail),
    scanDeadlineMs: () => config.scan.deadline_ms,
    areas: () => ({
      areas: now.policy.areas.map(({ name, description, ...area }) => ({
        name,
        keepDays: area.keep_days,
        releasableBy: [area.releasable_by],
        visibleToUsers: area.visible_to_users,
        inDigest: area.in_digest,
        usersDownloadParts: area.users_download_parts,
        description,
      })),
    }),
    refresh() {
      now = make()
    },
  }
}

function courierOf(config: Config, trial: Trial | null, clock: Clock): Courier {
  if (!trial) return smtpCourier(config.next_hop, clock)
  return smtpCourier(
    { ...config.next_hop, host: trial.host, port: trial.port, protocol: 'lmtp', tls: 'none' },
    clock,
  )
}

/** An address that listens everywhere is reached at this machine. */
const reachable = (url: string): string =>
  url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
