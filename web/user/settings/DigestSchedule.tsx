/** When digests come: as is usual here, every day, on some weekdays, or never; and when the next one is due. */
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { languages, useLanguage, useWords } from '../../text/user.ts'
import { type EuqAnswer, my, useMy } from '../api.ts'
import { momentsOf, regionalLocale } from '../moments.ts'
import { useNotices } from '../notices.tsx'
import { plainFailure, Trouble } from '../Trouble.tsx'

type Digest = EuqAnswer<'showMyDigest'>
type Schedule = Digest['usual']
type Day = Schedule['days'][number]

const weekdays: readonly Day[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const modes = ['daily', 'days', 'off'] as const
type Mode = 'usual' | (typeof modes)[number]
const timesLimit = 6
/** A Monday. */
const monday = Date.UTC(2024, 0, 1)
const dayMs = 86_400_000

export function useDigest() {
  return useMy('showMyDigest', {})
}

export function DigestSchedule({ digest }: { digest: Digest }) {
  const text = useWords()
  const words = text.digest
  const { locale } = useLanguage()
  const client = useQueryClient()
  const { tell } = useNotices()
  const [mode, setMode] = useState<Mode>(() => modeOf(digest.own))
  const [days, setDays] = useState<readonly Day[]>(() => daysOf(digest))
  const [times, setTimes] = useState<readonly string[]>(() => (digest.own ?? digest.usual).times)
  const [asked, setAsked] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const named = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' })
  const short = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  const list = new Intl.ListFormat(locale, { type: 'unit' })
  const nameOf = (day: Day, how = named) => how.format(monday + weekdays.indexOf(day) * dayMs)
  const often = ({ days, times }: Schedule) => {
    if (days.length === 0) return words.never
    const which =
      days.length === 7
        ? words.daily
        : list.format(weekdays.filter((day) => days.includes(day)).map((day) => nameOf(day, short)))
    return `${which}, ${list.format(times)}`
  }
  const choosesTimes = mode === 'daily' || mode === 'days'
  const noDay = mode === 'days' && days.length === 0
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setAsked(true)
    if (busy || noDay || (choosesTimes && times.includes(''))) return
    setBusy(true)
    setError(null)
    try {
      const own = mode === 'usual' ? null : chosen(mode, days, times)
      const answer = await my('setMyDigest', { body: { own } })
      client.setQueryData(['showMyDigest', {}], answer)
      setAsked(false)
      tell(words.saved)
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  const moments = momentsOf(regionalLocale(locale), digest.timeZone)
  const next = digest.nextAt === null ? null : moments.full(digest.nextAt)
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        <div>
          <Title order={2}>{words.title}</Title>
          <Text c="dimmed" size="sm">
            {words.text}
          </Text>
        </div>
        {error !== null && <Trouble error={error} says={plainFailure(error, text)} />}
        <NativeSelect
          size="md"
          label={words.when}
          value={mode}
          onChange={({ currentTarget: { value } }) => setMode(value as Mode)}
          data={[
            { value: 'usual', label: words.usual(often(digest.usual)) },
            ...modes.map((value) => ({ value, label: words.modes[value] })),
          ]}
        />
        {mode === 'days' && (
          <Checkbox.Group
            label={words.days}
            value={[...days]}
            onChange={(value) => setDays(value as Day[])}
            error={asked && noDay ? words.needDay : undefined}
            size="md"
          >
            <Group gap="4px 20px" mt={6}>
              {weekdays.map((day) => (
                <Checkbox key={day} size="md" py={6} value={day} label={nameOf(day)} />
              ))}
            </Group>
          </Checkbox.Group>
        )}
        {choosesTimes && <Times times={times} change={setTimes} asked={asked} />}
        <div role="status">
          <Text>{next === null ? words.none : words.next(next)}</Text>
          {next !== null && (
            <Text c="dimmed" size="sm">
              {words.onlyNew} {words.written(languages[digest.language], digest.timeZone)}
            </Text>
          )}
        </div>
        <Button type="submit" size="md" loading={busy} style={{ alignSelf: 'flex-start' }}>
          {text.save}
        </Button>
      </Stack>
    </form>
  )
}

interface TimesProps {
  times: readonly string[]
  change: (times: readonly string[]) => void
  asked: boolean
}

function Times({ times, change, asked }: TimesProps) {
  const { digest: words } = useWords()
  return (
    <Stack component="fieldset" gap="xs" m={0} p={0} bd="none">
      <Text component="legend" fw={600} p={0} mb={6}>
        {words.times}
      </Text>
      {times.map((time, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its place is all that tells one from another while it is typed
        <Group key={n} gap="xs" align="flex-start">
          <TextInput
            type="time"
            size="md"
            w={150}
            aria-label={words.time(n + 1)}
            value={time}
            onChange={({ currentTarget: { value } }) => change(times.with(n, value))}
            error={asked && time === '' ? words.needTime : undefined}
          />
          {times.length > 1 && (
            <ActionIcon
              variant="default"
              size={42}
              aria-label={words.remove(time || words.time(n + 1))}
              onClick={() => change(times.toSpliced(n, 1))}
            >
              <IconX size={18} stroke={1.6} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      ))}
      {times.length < timesLimit && (
        <Button
          variant="default"
          size="md"
          leftSection={<IconPlus size={18} stroke={1.6} aria-hidden />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => change([...times, ''])}
        >
          {words.add}
        </Button>
      )}
    </Stack>
  )
}

function modeOf(own: Schedule | null): Mode {
  if (own === null) return 'usual'
  if (own.days.length === 0) return 'off'
  return own.days.length === 7 ? 'daily' : 'days'
}

/** What is ticked when somebody turns to weekdays. */
function daysOf({ own, usual }: Digest): readonly Day[] {
  const days = (own ?? usual).days
  return days.length === 0 || days.length === 7 ? ['mon', 'tue', 'wed', 'thu', 'fri'] : days
}

function chosen(mode: Exclude<Mode, 'usual'>, days: readonly Day[], times: readonly string[]): Schedule {
  const known = [...new Set(times.filter((time) => time !== ''))].sort()
  return {
    times: known.length > 0 ? known : ['07:00'],
    days: mode === 'off' ? [] : mode === 'daily' ? [...weekdays] : [...days],
  }
}
