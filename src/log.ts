/** JSON lines on standard output (pino). Message-derived strings are values, never format; secrets are never given. */
import { type Logger, pino, stdTimeFunctions } from 'pino'

export type Log = Logger
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

export function createLog(level: LogLevel): Log {
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime })
}
