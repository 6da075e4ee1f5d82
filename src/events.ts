/**
 * Everything that can happen, in one list. Telling an event writes its log line and calls the listeners (metrics, open
 * consoles, the delivery worker's wake-up). Events only tell: nothing depends on a listener having run.
 */
import type { Log, LogLevel } from './log.ts'

export type Event =
  | {
      kind: 'held'
      messages: string[]
      area: string
      reason: string
      recipients: number
      size: number
      tookMs: number
    }
  | { kind: 'passed'; recipients: number; size: number; tookMs: number; reply: string }
  | { kind: 'refused'; code: number; text: string; peer: string; size: number }
  | { kind: 'session-opened'; peer: string; protocol: 'smtp' | 'lmtp' }
  | { kind: 'session-closed'; peer: string; protocol: 'smtp' | 'lmtp'; mails: number; why: string }
  | { kind: 'scanner-failed'; scanner: string; detail: string }
  | {
      kind: 'released'
      release: string
      messages: string[]
      recipients: number
      actor: string
      /** How long its deliveries wait for their first attempt. */
      delayMs: number
    }
  | { kind: 'deleted'; messages: string[]; recipients: number; actor: string }
  | { kind: 'restored'; messages: string[]; recipients: number; actor: string }
  | { kind: 'requested'; messages: string[]; recipients: number; actor: string }
  | {
      kind: 'request-ended'
      how: 'approved' | 'denied' | 'withdrawn'
      messages: string[]
      recipients: number
      actor: string
    }
  | {
      kind: 'attempt'
      delivery: string
      message: string
      outcome: string
      host: string
      reply: string
      tookMs: number
    }
  | { kind: 'deliveries-due'; deliveries: number; actor: string }
  | {
      kind: 'job'
      job: string
      state: 'running' | 'stopped' | 'done' | 'failed'
      worked: number
      messages: number
    }
  | { kind: 'expired'; area: string; messages: number }
  | { kind: 'purged'; messages: number; contents: number }
  | { kind: 'signed-in'; account: string; origin: string }
  | { kind: 'sign-in-failed'; name: string; origin: string }
  | { kind: 'index-behind'; entries: number }
  /** Mail of our own waits to be sent. */
  | { kind: 'posted'; posts: number; what: string }
  | { kind: 'config-reloaded'; changed: string[] }
  | { kind: 'failure'; where: string; error: unknown }

export interface Events {
  tell(event: Event): void
  /** Returns the way to stop listening. A listener that throws is logged and kept. */
  listen(listener: (event: Event) => void): () => void
}

const levels: Partial<Record<Event['kind'], LogLevel>> = {
  'session-opened': 'debug',
  'session-closed': 'debug',
  'scanner-failed': 'warn',
  'sign-in-failed': 'warn',
  'index-behind': 'warn',
  failure: 'error',
}

export function createEvents(log: Log): Events {
  const listeners = new Set<(event: Event) => void>()
  return {
    tell(event) {
      const level = levels[event.kind] ?? 'info'
      if (level !== 'silent' && log.isLevelEnabled(level)) {
        const { kind, ...facts } = event
        log[level]('error' in facts ? { ...facts, err: facts.error, error: undefined } : facts, kind)
      }
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          log.error({ err: error, event: event.kind }, 'event listener failed')
        }
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
