/**
 * How scanners are: of the last hour how often each was asked and has failed, and how long it took, by minutes and in
 * steps of a fifth, so that it stays small however much mail there is. What was broken off since nobody waited for the
 * answer any more says nothing about the scanner.
 */
import type { Clock } from '../clock.ts'
import type { AskedScanner, ImmediateScanner, Scanner } from './scanner.ts'

/** Of the last hour; JSON as it is, so that processes can tell each other. */
export interface ScannerFigures {
  asked: number
  failed: number
  /** How often it took so long: pairs of a step (see `stepOf`) and a count. */
  times: [number, number][]
  /** When it answered last, well or not; null: not since the start. */
  lastAt: number | null
  /** Its last answer was a failure. */
  failing: boolean
  lastFailure: { at: number; detail: string } | null
}

export interface ScannerHealth {
  name: string
  health: 'well' | 'failing' | 'idle'
  asked: number
  failed: number
  medianMs: number | null
  lastFailure: { at: number; detail: string } | null
}

export interface HealthWatch {
  /** The same scanner, watched. */
  watch(scanner: Scanner): Scanner
  /** By name, of those that were asked. */
  figures(): Map<string, ScannerFigures>
}

/** What `scan` says when it gives up since the time is over; all else that it gives up for is not the scanner's doing. */
const lateWords = /^no answer within/
const minuteMs = 60_000
const minutes = 60
const detailChars = 300
const scannersKept = 100

interface Minute {
  /** Since the epoch. */
  minute: number
  asked: number
  failed: number
  times: Map<number, number>
}

interface Known extends Pick<ScannerFigures, 'lastAt' | 'failing' | 'lastFailure'> {
  /** The oldest first, at most an hour. */
  minutes: Minute[]
}

export function watchHealth(clock: Clock): HealthWatch {
  const all = new Map<string, Known>()

  function note(name: string, tookMs: number, failure: string | null): void {
    const known = all.get(name) ?? { minutes: [], lastAt: null, failing: false, lastFailure: null }
    if (!all.has(name) && all.size >= scannersKept) return
    all.set(name, known)
    const now = clock.now()
    const slot = minuteOf(known, Math.floor(now / minuteMs))
    const step = stepOf(tookMs)
    slot.asked++
    slot.times.set(step, (slot.times.get(step) ?? 0) + 1)
    known.lastAt = now
    known.failing = failure !== null
    if (failure === null) return
    slot.failed++
    known.lastFailure = { at: now, detail: oneLine(failure) }
  }

  const immediate = (scanner: ImmediateScanner): ImmediateScanner => ({
    name: scanner.name,
    immediate: true,
    scan(mail) {
      try {
        const verdict = scanner.scan(mail)
        note(scanner.name, 0, verdict?.result === 'failed' ? verdict.detail : null)
        return verdict
      } catch (error) {
        note(scanner.name, 0, whyOf(error))
        throw error
      }
    },
  })

  const asked = (scanner: AskedScanner): AskedScanner => ({
    name: scanner.name,
    async scan(mail, signal) {
      const began = clock.now()
      let noted = false
      const once = (failure: string | null) => {
        if (!noted) note(scanner.name, clock.now() - began, failure)
        noted = true
      }
      const gaveUp = () => {
        const why = whyOf(signal.reason)
        if (lateWords.test(why)) once(why)
        noted = true
      }
      if (signal.aborted) gaveUp()
      else signal.addEventListener('abort', gaveUp, { once: true })
      try {
        const verdict = await scanner.scan(mail, signal)
        once(verdict?.result === 'failed' ? verdict.detail : null)
        return verdict
      } catch (error) {
        once(whyOf(error))
        throw error
      } finally {
        signal.removeEventListener('abort', gaveUp)
      }
    },
  })

  return {
    watch: (scanner) => (scanner.immediate ? immediate(scanner) : asked(scanner)),
    figures() {
      const since = Math.floor(clock.now() / minuteMs) - minutes
      return new Map(
        [...all].map(([name, known]) => {
          const recent = known.minutes.filter(({ minute }) => minute > since)
          const { lastAt, failing, lastFailure } = known
          const sums = summed(recent.map((one) => ({ ...one, times: [...one.times] })))
          return [name, { ...sums, lastAt, failing, lastFailure }]
        }),
      )
    },
  }
}

/** The slot of this minute; what is older than an hour goes. A clock set back goes on in the newest. */
function minuteOf(known: Known, minute: number): Minute {
  const newest = known.minutes.at(-1)
  if (newest && newest.minute >= minute && newest.minute < minute + minutes) return newest
  if (newest && newest.minute >= minute) known.minutes = []
  const slot: Minute = { minute, asked: 0, failed: 0, times: new Map() }
  known.minutes.push(slot)
  if (known.minutes.length > minutes) known.minutes.shift()
  return slot
}

type Counts = Pick<ScannerFigures, 'asked' | 'failed' | 'times'>

function summed(all: readonly Counts[]): Counts {
  const times = new Map<number, number>()
  for (const [step, count] of all.flatMap((one) => one.times)) times.set(step, (times.get(step) ?? 0) + count)
  return {
    asked: all.reduce((sum, { asked }) => sum + asked, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    times: [...times].sort(([a], [b]) => a - b),
  }
}

/** What all processes together know of a scanner. */
export function healthOf(name: string, all: readonly ScannerFigures[]): ScannerHealth {
  const newest = (times: (number | null | undefined)[]) => Math.max(0, ...times.map((time) => time ?? 0))
  const lastAt = newest(all.map((one) => one.lastAt))
  const failedAt = newest(all.map(({ lastFailure }) => lastFailure?.at))
  const { asked, failed, times } = summed(all)
  return {
    name,
    // In one process, the last answer decides; among several any that fails now.
    health: lastAt === 0 ? 'idle' : all.some(({ failing }) => failing) ? 'failing' : 'well',
    asked,
    failed,
    medianMs: medianOf(times),
    lastFailure: all.find(({ lastFailure }) => lastFailure?.at === failedAt)?.lastFailure ?? null,
  }
}

/** Steps of a fifth: 0 is below a millisecond, 1 one, then 1.2, 1.44 … */
const stepOf = (ms: number): number => (ms < 1 ? 0 : 1 + Math.round(Math.log(ms) / Math.log(1.2)))
const msOf = (step: number): number => (step === 0 ? 0 : Math.round(1.2 ** (step - 1) * 10) / 10)

function medianOf(times: readonly [number, number][]): number | null {
  const all = times.reduce((sum, [, count]) => sum + count, 0)
  let passed = 0
  for (const [step, count] of times) {
    passed += count
    if (passed * 2 >= all) return msOf(step)
  }
  return null
}

const whyOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error)

const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, detailChars)
    .toWellFormed()
