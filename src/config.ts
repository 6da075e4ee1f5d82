/**
 * The configuration: the sections that every part declares, read from one TOML file and from LAZARET_ environment
 * variables, checked whole before anything starts (a Problem names every finding). The only reader of process.env.
 * Sections of a running product are live objects: a reload changes their reloadable keys in place.
 */
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { signInOptions } from './access/signin/options.ts'
import { checkSettings, type Finding, findingLine, pathOf, type Values } from './config/check.ts'
import { environmentOverrides } from './config/environment.ts'
import { exampleFile, keyList } from './config/example.ts'
import { findConfigFile } from './config/find.ts'
import { areasDoc, rulesDoc } from './config/manual.ts'
import { togetherFindings } from './config/together.ts'
import { deliveryOptions, nextHopOptions } from './delivery/options.ts'
import { postOptions } from './delivery/post-options.ts'
import { digestOptions } from './digest/options.ts'
import { euqOptions } from './http/euq/options.ts'
import { adminOptions } from './http/options.ts'
import { lmtpOptions, smtpOptions } from './intake/options.ts'
import { logLevels } from './log.ts'
import { option, type Section, section, type ValuesOf } from './options.ts'
import type { Area } from './policy/area.ts'
import { compilePolicy } from './policy/compile.ts'
import type { Policy } from './policy/decide.ts'
import { areasSchema, defaultAreas, defaultRules, rulesSchema } from './policy/defaults.ts'
import { policyOptions } from './policy/options.ts'
import type { Rule } from './policy/rule.ts'
import { Problem } from './problem.ts'
import { retentionOptions } from './quarantine/options.ts'
import { scanOptions } from './scan/options.ts'
import { storeOptions } from './store/options.ts'

const serverOptions = section('server', 'The process itself.', {
  data_dir: option(
    z.string().min(1).max(4096),
    'data',
    'Folder of the store, the certificate and everything else that lasts; made at first start, readable by its owner only. For one process at a time.\nA relative path starts at the folder of this file, without a file at the working directory.',
  ),
  free_space_mb: option(
    z.int().min(10).max(1_000_000),
    300,
    'With less than this free on its disk, in MB, no more mail is taken in: clients are answered 452 and come again.',
    { reloadable: true },
  ),
  stop_timeout_s: option(
    z.int().min(1).max(300),
    15,
    'When asked to stop: after this the process ends whatever is still under way. What was answered 250 is safe all the same.',
  ),
})

const logOptions = section('log', 'JSON lines on standard output.', {
  level: option(z.enum(logLevels), 'info', 'debug shows every SMTP session; silent writes nothing.', {
    reloadable: true,
  }),
})

const tables = section('', '', {
  areas: option(areasSchema as z.ZodType<Area[]>, defaultAreas, areasDoc, { reloadable: true }),
  rules: option(rulesSchema as z.ZodType<Rule[]>, defaultRules, rulesDoc, { reloadable: true }),
})

const sections = {
  server: serverOptions,
  smtp: smtpOptions,
  lmtp: lmtpOptions,
  scan: scanOptions,
  policy: policyOptions,
  next_hop: nextHopOptions,
  delivery: deliveryOptions,
  post: postOptions,
  retention: retentionOptions,
  store: storeOptions,
  admin: adminOptions,
  euq: euqOptions,
  sign_in: signInOptions,
  digest: digestOptions,
  log: logOptions,
} satisfies Record<string, Section>

const everything: Record<string, Section> = { ...sections, '': tables }

export type Config = { [K in keyof typeof sections]: ValuesOf<(typeof sections)[K]> } & ValuesOf<
  typeof tables
>

export interface LoadedConfig {
  config: Config
  /** Absolute path of the file that was read; null when there is none. */
  file: string | null
  /** Absolute. */
  dataDir: string
  /** Environment variables that mean nothing. */
  warnings: string[]
}

type Environment = Record<string, string | undefined>

/** What the environment says beside the keys of the configuration. */
export const environmentSettings = (environment: Environment = process.env) => ({
  adminPassword: environment.LAZARET_ADMIN_PASSWORD,
  url: environment.LAZARET_URL,
  key: environment.LAZARET_KEY,
})

/** For a process that begins again with all of it. */
export const wholeEnvironment = (): Environment => process.env

/**
 * Reads and checks everything.
 * @param named the file asked for; otherwise LAZARET_CONFIG, otherwise one in a usual place, otherwise none.
 * @throws Problem 'invalid' that lists every finding, one a line.
 */
export function loadConfig(named?: string, environment: Environment = process.env): LoadedConfig {
  const file = findConfigFile(named ?? (environment.LAZARET_CONFIG || undefined))
  const overrides = environmentOverrides(everything, environment)
  const text = file ? { name: file.path, text: file.text } : null
  const { values, findings, where } = checkSettings(everything, text, overrides.values, overrides.names)
  const config = configOf(values)
  if (findings.length === 0)
    findings.push(...policyFindings(config, where), ...togetherFindings(config, where))
  if (findings.length > 0) throw configProblem(findings)
  return {
    config,
    file: file?.path ?? null,
    dataDir: resolve(file ? dirname(file.path) : '.', config.server.data_dir),
    warnings: overrides.unknown.map(findingLine),
  }
}

/** All defaults: what tests start from. */
export const defaultConfig = (): Config => configOf(checkSettings(everything, null, {}, {}).values)

export const exampleConfig = (): string => exampleFile(everything)
/** The same as a list of keys. */
export const configKeys = () => keyList(everything)

const configOf = ({ '': tables, ...rest }: Values): Config => ({ ...rest, ...tables }) as Config

/** What decides about mail, from the configuration. @throws Problem 'invalid' with all errors. */
export const policyOf = (config: Config): Policy =>
  compilePolicy(config.areas, config.rules, {
    onScannerFailure: config.scan.on_failure,
    unscannedArea: config.policy.unscanned_area,
    ownDomains: config.policy.own_domains,
    approvedSenders: config.policy.approved_senders,
    blockedArea: config.policy.blocked_area,
  })

/** Rules and areas that do not fit together: each named by its table, where that has a line. */
function policyFindings(config: Config, where: (path: (string | number)[]) => string): Finding[] {
  try {
    policyOf(config)
    return []
  } catch (error) {
    if (!(error instanceof Problem) || !Array.isArray(error.facts.errors)) throw error
    return error.facts.errors.map((text: string) => {
      const [, kind, name, reason = text] = /^(rule|area) "(.*?)": ([\s\S]*)$/.exec(text) ?? []
      const list = kind === 'area' ? config.areas : config.rules
      // Of two with one name, the second is the one to rename.
      // Of two with one name the later one, which is to be renamed.
      const path = kind ? [`${kind}s`, list.findLastIndex((table) => table.name === name)] : ['policy']
      return { where: where(path), key: kind ? `${kind} "${name}"` : '', reason, remedy: '' }
    })
  }
}

function configProblem(findings: Finding[]): Problem {
  const count =
    findings.length === 1
      ? 'The configuration has an error'
      : `The configuration has ${findings.length} errors`
  return new Problem(
    'invalid',
    `${count}:\n${findings.map((finding) => `  ${findingLine(finding)}`).join('\n')}`,
    '',
    {
      findings,
    },
  )
}

export interface Reloaded {
  /** Keys that changed and have taken effect. */
  changed: string[]
  /** Keys that changed and need a restart. */
  needRestart: string[]
}

/**
 * Reads again and changes the reloadable keys of `running` in place. On any error nothing is changed.
 * @throws Problem as loadConfig does.
 */
export function reloadConfig(running: LoadedConfig, environment: Environment = process.env): Reloaded {
  const fresh = loadConfig(running.file ?? undefined, environment)
  const reloaded: Reloaded = { changed: [], needRestart: [] }
  for (const [name, { options }] of Object.entries(everything)) {
    const part = ({ config }: LoadedConfig) =>
      (name === '' ? config : config[name as keyof Config]) as Record<string, unknown>
    const [before, after] = [part(running), part(fresh)]
    for (const [key, { reloadable }] of Object.entries(options)) {
      if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue
      if (reloadable) before[key] = after[key]
      ;(reloadable ? reloaded.changed : reloaded.needRestart).push(pathOf(name, key))
    }
  }
  return reloaded
}
