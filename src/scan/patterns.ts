/**
 * The two agreed test patterns, so that anybody can try the quarantine without real spam or malware: GTUBE is spam,
 * the EICAR test file is malware. mail/reader.ts has looked for them already.
 */
import type { ImmediateScanner, Symptom } from './scanner.ts'

const known: Record<string, Symptom> = {
  gtube: { name: 'GTUBE', score: 1000, detail: 'it contains the GTUBE spam test pattern' },
  eicar: { name: 'EICAR', score: null, detail: 'it contains the EICAR antivirus test file' },
}

export const patternsScanner: ImmediateScanner = {
  name: 'patterns',
  immediate: true,
  scan({ facts: { patterns } }) {
    if (patterns.length === 0) return null
    const isMalware = patterns.includes('eicar')
    return {
      scanner: 'patterns',
      result: isMalware ? 'malware' : 'spam',
      score: isMalware ? null : 1000,
      threshold: null,
      symptoms: ['eicar', 'gtube'].filter((name) => patterns.includes(name)).map((name) => known[name]!),
      detail: known[isMalware ? 'eicar' : 'gtube']!.detail,
      tookMs: 0,
    }
  },
}
