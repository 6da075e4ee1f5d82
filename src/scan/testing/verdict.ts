/** For tests: a verdict of which only what matters is said. */
import type { Verdict, VerdictResult } from '../scanner.ts'

export const verdictOf = (scanner: string, result: VerdictResult, more: Partial<Verdict> = {}): Verdict => ({
  scanner,
  result,
  score: null,
  threshold: null,
  symptoms: [],
  detail: '',
  tookMs: 0,
  ...more,
})
