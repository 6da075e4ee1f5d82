/**
 * The verdicts that a filter before us wrote into header fields: SpamAssassin and amavis, Rspamd, virus scanners. They
 * count only from peers that the configuration trusts; from all others they have no effect. Where a field is there
 * more than once, the worst counts, since a sender can add fields that please him but not take away ours.
 */
import type { MessageFacts } from '../mail/message.ts'
import type { ValuesOf } from '../options.ts'
import type { scanOptions } from './options.ts'
import { type Peers, peersOf } from './peers.ts'
import type { ImmediateScanner, Scannable, Symptom, Verdict, VerdictResult } from './scanner.ts'
import {
  actionResult,
  levelScore,
  readSpamdResult,
  readSpamStatus,
  saysYes,
  scoreOf,
} from './verdict-fields.ts'

type Settings = ValuesOf<typeof scanOptions>

const valueChars = 20_000
/** Fields of one kind. No filter writes so many: a sender who does wants to hide what comes after them. */
const valuesLimit = 50
const detailChars = 200
const symptomsLimit = 200
const shownLimit = 20

export function upstreamScanners(settings: Settings): ImmediateScanner[] {
  const trusted = peersOf(settings.trusted_peers)
  const scanner = (
    name: string,
    read: (of: Values, settings: Settings) => Reading | null,
  ): ImmediateScanner => ({
    name,
    immediate: true,
    scan({ envelope, facts }: Scannable) {
      if (!trusted(envelope.peerIp)) return null
      let crowded = false
      const reading = read((names) => {
        const values = fields(facts, names, valuesLimit + 1)
        if (values.length > valuesLimit) crowded = true
        return values.slice(0, valuesLimit)
      }, settings)
      if (reading === null) return null
      return verdict(name, crowded && reading.result === 'clean' ? { ...reading, ...tooMany } : reading)
    },
  })
  return [
    scanner('spam-headers', spamHeaders),
    scanner('rspamd-headers', rspamdHeaders),
    scanner('virus-headers', virusHeaders),
  ]
}

const tooMany = {
  result: 'suspect',
  detail: 'more verdict headers than any filter writes',
} as const satisfies Partial<Reading>

interface Reading {
  result: VerdictResult
  score?: number | null
  threshold?: number | null
  symptoms?: Symptom[]
  detail: string
}

function verdict(scanner: string, { result, score, threshold, symptoms, detail }: Reading): Verdict {
  const listed = (symptoms ?? []).slice(0, symptomsLimit)
  const isPhishing =
    result === 'spam' && listed.some(({ name, score }) => /PHISH/.test(name) && (score ?? 1) > 0)
  const isVirus =
    result !== 'clean' && listed.some(({ name, score }) => /VIRUS|MALWARE/.test(name) && (score ?? 1) > 3)
  return {
    scanner,
    result: isVirus ? 'malware' : isPhishing ? 'phishing' : result,
    score: score ?? null,
    threshold: threshold ?? null,
    symptoms: listed,
    detail: clean(detail).slice(0, detailChars).toWellFormed(),
    tookMs: 0,
  }
}

type Values = (names: readonly string[]) => string[]

/** The highest score first: a sender can add a field with a low one. */
const worstFirst = <T extends { score: number | null }>(list: readonly T[]): T[] =>
  list.toSorted((a, b) => (b.score ?? Number.NEGATIVE_INFINITY) - (a.score ?? Number.NEGATIVE_INFINITY))
const highest = (scores: readonly (number | null)[]): number | null =>
  scores.reduce((most, score) => (score !== null && (most === null || score > most) ? score : most), null)

/** Of all the fields, the worst one's first. */
const symptomsOf = (list: readonly { symptoms: Symptom[] }[]): Symptom[] => {
  const each = Math.floor(symptomsLimit / Math.max(1, list.length))
  return list.flatMap(({ symptoms }) => symptoms.slice(0, each))
}

function spamHeaders(of: Values, settings: Settings): Reading | null {
  const flags = of(settings.spam_flag_headers)
  const statuses = of(settings.spam_status_headers).map(readSpamStatus)
  const scores = [
    ...of(settings.spam_score_headers).map(scoreOf),
    ...of(settings.spam_level_headers).map(levelScore),
  ].filter((score) => score !== null)
  if (flags.length === 0 && statuses.length === 0 && scores.length === 0) return null
  const isSpam = flags.some(saysYes) || statuses.some((status) => status.isSpam)
  const worst = worstFirst(statuses)
  const told = worst.find((status) => status.isSpam === isSpam) ?? worst[0]
  return {
    result: isSpam ? 'spam' : 'clean',
    score: highest([...statuses.map(({ score }) => score), ...scores]),
    threshold: told?.threshold ?? null,
    symptoms: symptomsOf(worst),
    detail: '',
  }
}

function rspamdHeaders(of: Values, settings: Settings): Reading | null {
  const results = of(settings.rspamd_result_headers)
    .map(readSpamdResult)
    .filter((result) => result !== null)
  const actions = of(settings.rspamd_action_headers)
  const scores = of(settings.rspamd_score_headers)
    .map(scoreOf)
    .filter((score) => score !== null)
  if (results.length === 0 && actions.length === 0 && scores.length === 0) return null
  const worst = worstFirst(results)
  const action =
    actions.find((each) => actionResult(each) === 'spam') ??
    actions.find((each) => actionResult(each) === 'suspect') ??
    actions[0]
  const byAction = action === undefined ? 'clean' : actionResult(action)
  return {
    result: byAction === 'spam' || results.some(({ isSpam }) => isSpam) ? 'spam' : byAction,
    score: highest([...results.map(({ score }) => score), ...scores]),
    threshold: worst[0]?.threshold ?? null,
    symptoms: symptomsOf(worst),
    detail: action === undefined ? '' : `action ${action}`,
  }
}

const harmless = /^(clean|no|none|false|ok|not infected|not detected|passed|negative)\b/i

function virusHeaders(of: Values, settings: Settings): Reading | null {
  const found = of(settings.virus_headers).filter((value) => value !== '')
  const bad = found.filter((value) => !harmless.test(value))
  const infected = bad.find((value) => /infected|virus|malware|trojan|yes|true/i.test(value))
  if (infected !== undefined) {
    const name = /\(([^()]+)\)|(?:virus|infected|malware)[^:]*:\s*(\S.*)$/i.exec(infected)
    const called = clean(name?.[1] ?? name?.[2] ?? infected).slice(0, detailChars)
    return { result: 'malware', symptoms: [{ name: 'VIRUS', score: null, detail: called }], detail: called }
  }
  if (bad.length > 0) {
    const isSpam = bad.some((value) => /^spam/i.test(value))
    const word = /^[A-Za-z ]{1,30}/.exec(bad[0]!)?.[0].trim().toUpperCase().replaceAll(' ', '_') ?? 'ALERT'
    return {
      result: isSpam ? 'spam' : 'suspect',
      symptoms: [{ name: word, score: null, detail: clean(bad[0]!).slice(0, detailChars) }],
      detail: bad[0]!,
    }
  }
  const scanned = of(settings.virus_scanned_headers)
  if (found.length === 0 && scanned.length === 0) return null
  return { result: 'clean', detail: found[0] ?? scanned[0] ?? '' }
}

/** Authentication-Results as written by trusted hosts (RFC 8601), for people to read; none from other peers. */
export function authenticationOf(
  settings: Settings,
): (mail: Pick<Scannable, 'envelope' | 'facts'>) => string[] {
  const trusted: Peers = peersOf(settings.trusted_peers)
  const servers = new Set(settings.authentication_servers.map((name) => name.toLowerCase()))
  return ({ envelope, facts }) => {
    if (!trusted(envelope.peerIp)) return []
    const all = fields(facts, settings.authentication_headers, shownLimit)
    const topmost = all[0] === undefined ? '' : serverOf(all[0])
    return all
      .filter((value) => (servers.size > 0 ? servers.has(serverOf(value)) : serverOf(value) === topmost))
      .map(clean)
  }
}

/** authserv-id: what stands before the first semicolon, without version. */
const serverOf = (value: string): string => /^[^;\s]*/.exec(value.trim())![0].toLowerCase()

const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim()

/** Runs for every mail and every setting, mostly in vain: it makes nothing before a length agrees. */
function fields({ headers }: MessageFacts, names: readonly string[], limit: number): string[] {
  const values: string[] = []
  for (let i = 0; i < headers.length && values.length < limit; i++) {
    const { name, value } = headers[i]!
    for (let n = 0; n < names.length; n++) {
      const wanted = names[n]!
      if (wanted.length !== name.length || wanted.toLowerCase() !== name.toLowerCase()) continue
      values.push(value.slice(0, valueChars).replace(/\s+/g, ' '))
      break
    }
  }
  return values
}
