/** Theme, time zone and rows per page: each is kept with the account as soon as it is chosen. */
import { Input, SegmentedControl, Select, SimpleGrid } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { InputOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { type Session, useSession } from '../../api/session.ts'
import { you } from '../../text/en/you.ts'
import { tellFailure } from '../../ui/notify.tsx'
import { Section } from '../../ui/Section.tsx'

type Change = Exclude<InputOf<'setPreferences'>['body'], undefined>

const rows = ['25', '50', '100', '200', '500']
const asBrowser = 'browser'

export function Appearance() {
  const client = useQueryClient()
  const { preferences } = useSession()
  const set = useDeed('setPreferences')
  const zones = useMemo(() => Intl.supportedValuesOf('timeZone'), [])
  const here = useMemo(() => Intl.DateTimeFormat().resolvedOptions().timeZone, [])

  const change = (body: Change) => {
    const write = (now: Partial<Session['preferences']>) =>
      client.setQueryData<Session>(
        ['whoAmI', {}],
        (session) => session && { ...session, preferences: { ...session.preferences, ...now } },
      )
    write(body)
    set.mutate(
      { body },
      {
        onSuccess: write,
        onError: (error) => {
          write(preferences)
          tellFailure(error)
        },
      },
    )
  }

  return (
    <Section title={you.appearance}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
        <Input.Wrapper label={you.theme} labelElement="div" id="theme">
          <SegmentedControl
            fullWidth
            aria-label={you.theme}
            value={preferences.theme}
            onChange={(theme) => change({ theme: theme as 'auto' | 'light' | 'dark' })}
            data={(['auto', 'light', 'dark'] as const).map((value) => ({ value, label: you.themes[value] }))}
          />
        </Input.Wrapper>
        <Select
          label={you.rowsPerPage}
          data={rows}
          value={String(preferences.rowsPerPage)}
          allowDeselect={false}
          onChange={(value) => value && change({ rowsPerPage: Number(value) })}
        />
        <Select
          label={you.timeZone}
          description={you.timeZoneHint}
          searchable
          allowDeselect={false}
          limit={100}
          data={[{ value: asBrowser, label: you.browserZone(here) }, ...zones]}
          value={preferences.timeZone ?? asBrowser}
          onChange={(value) => value && change({ timeZone: value === asBrowser ? null : value })}
        />
      </SimpleGrid>
    </Section>
  )
}
