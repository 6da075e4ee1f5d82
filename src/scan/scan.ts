/**
 * Asks all scanners at once under one deadline; those that need not be waited for answer first. One that throws or is late answers `failed`, which is never clean;
 * one that has nothing to say is left out. Never rejects.
 */
import type { Clock } from '../clock.ts'
import type { AskedScanner, ImmediateScanner, Scannable, Scanner, Verdict } from './scanner.ts'

export interface ScanOptions {
  deadlineMs: number
  clock: Clock
  /** Given up from outside: the client is gone, the server stops. What is unanswered then has failed. */
  signal?: AbortSignal
}

const detailChars = 300

/** Verdicts in the order of the scanners. */
export async function scan(
  scanners: readonly Scanner[],
  mail: Scannable,
  options: ScanOptions,
): Promise<Verdict[]> {
  const answers = scanners.map((scanner) => (scanner.immediate ? answerOf(scanner, mail) : null))
  const asked = scanners.flatMap((scanner, place) => (scanner.immediate ? [] : [{ scanner, place }]))
  if (asked.length > 0)
    (
      await askAll(
        asked.map(({ scanner }) => scanner),
        mail,
        options,
      )
    ).forEach((answer, i) => {
      answers[asked[i]!.place] = answer
    })
  return answers.filter((verdict) => verdict !== null)
}

function answerOf(scanner: ImmediateScanner, mail: Scannable): Verdict | null {
  try {
    return scanner.scan(mail)
  } catch (error) {
    return failed(scanner.name, whyOf(error), 0)
  }
}

async function askAll(
  scanners: readonly AskedScanner[],
  mail: Scannable,
  { clock, deadlineMs, signal }: ScanOptions,
): Promise<(Verdict | null)[]> {
  const began = clock.now()
  const abort = new AbortController()
  const late = Promise.withResolvers<string>()
  const giveUp = (why: string) => {
    late.resolve(why)
    abort.abort(new Error(why))
  }
  const stopped = () => giveUp('the scan was stopped')
  if (signal?.aborted) stopped()
  else signal?.addEventListener('abort', stopped, { once: true })
  const timer = clock.every(deadlineMs, async () => giveUp(`no answer within ${deadlineMs} ms`), late.reject)
  try {
    return await Promise.all(
      scanners.map(async (scanner) => {
        const answer = await Promise.race([ask(scanner, mail, abort.signal), late.promise])
        if (answer === null) return null
        const tookMs = clock.now() - began
        return typeof answer === 'string' ? failed(scanner.name, answer, tookMs) : { ...answer, tookMs }
      }),
    )
  } finally {
    signal?.removeEventListener('abort', stopped)
    await timer[Symbol.asyncDispose]()
  }
}

/** The scanner's verdict, null for none, or why it failed. */
async function ask(
  scanner: AskedScanner,
  mail: Scannable,
  signal: AbortSignal,
): Promise<Verdict | null | string> {
  try {
    return await scanner.scan(mail, signal)
  } catch (error) {
    return whyOf(error)
  }
}

const whyOf = (error: unknown): string =>
  error instanceof Error ? error.message || error.name : String(error)

const failed = (scanner: string, why: string, tookMs: number): Verdict => ({
  scanner,
  result: 'failed',
  score: null,
  threshold: null,
  symptoms: [],
  detail: why
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .slice(0, detailChars)
    .toWellFormed(),
  tookMs,
})
