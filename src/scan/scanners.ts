/** The scanners that are there by configuration, in the order in which their verdicts are listed. */
import type { ValuesOf } from '../options.ts'
import { attachmentsScanner } from './attachments.ts'
import type { scanOptions } from './options.ts'
import { patternsScanner } from './patterns.ts'
import type { Scanner } from './scanner.ts'
import { upstreamScanners } from './upstream.ts'

export const scannersOf = (settings: ValuesOf<typeof scanOptions>): Scanner[] => [
  ...upstreamScanners(settings),
  attachmentsScanner,
  patternsScanner,
]
