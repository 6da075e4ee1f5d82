/** A schedule of digests in words. */
import type { AnswerOf } from '../../api/client.ts'
import type { digests } from '../../text/en/digests.ts'

type Schedule = NonNullable<AnswerOf<'showUserDigest'>['own']>

const weekdays: readonly Schedule['days'][number][] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
/** A Monday. */
const monday = Date.UTC(2024, 0, 1)
const named = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' })
const list = new Intl.ListFormat('en', { type: 'unit' })
const languages = new Intl.DisplayNames('en', { type: 'language' })

export function often({ days, times }: Schedule, words: typeof digests): string {
  if (days.length === 0) return words.never
  const shown =
    days.length === 7
      ? words.daily
      : list.format(
          weekdays.flatMap((day, i) => (days.includes(day) ? [named.format(monday + i * 86_400_000)] : [])),
        )
  return words.at(shown, list.format(times))
}

export const languageName = (code: string): string => languages.of(code) ?? code
