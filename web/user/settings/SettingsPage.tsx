/** Settings: language, time zone and appearance, the password kept here, and whose mail is shown. */
import { NativeSelect, Paper, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { isLocale, useWords } from '../../text/user.ts'
import { type EuqInput, type MySession, my } from '../api.ts'
import { languageChoices } from '../LanguageChoice.tsx'
import { useNotices } from '../notices.tsx'
import { useTitle } from '../shell/useTitle.ts'
import { plainFailure, Trouble } from '../Trouble.tsx'
import { Addresses } from './Addresses.tsx'
import { ChangePassword } from './ChangePassword.tsx'
import { DigestSchedule, useDigest } from './DigestSchedule.tsx'

const zones = Intl.supportedValuesOf('timeZone')

export function SettingsPage({ session }: { session: MySession }) {
  const { preferences } = useWords()
  useTitle(preferences.title)
  return (
    <Stack maw={640} gap="lg">
      <div>
        <Title order={1}>{preferences.title}</Title>
        <Text c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {preferences.loggedOnAs} <bdi>{session.name}</bdi>
        </Text>
      </div>
      <Look session={session} />
      <Card>
        <Addresses session={session} />
      </Card>
      <Digest />
      {session.hasPassword && (
        <Card>
          <ChangePassword name={session.name} />
        </Card>
      )}
    </Stack>
  )
}

/** Where no digests are sent there is nothing to choose. */
function Digest() {
  const digest = useDigest()
  if (digest.error && !digest.data)
    return <Trouble error={digest.error} retry={() => void digest.refetch()} />
  return digest.data?.isOn ? (
    <Card>
      <DigestSchedule digest={digest.data} />
    </Card>
  ) : null
}

const Card = ({ children }: { children: ReactNode }) => (
  <Paper withBorder p={{ base: 'md', sm: 'lg' }} radius="lg">
    {children}
  </Paper>
)

function Look({ session }: { session: MySession }) {
  const text = useWords()
  const { preferences } = text
  const client = useQueryClient()
  const { tell } = useNotices()
  const [busy, setBusy] = useState(false)
  const change = async (body: EuqInput<'setPreferences'>['body']) => {
    setBusy(true)
    try {
      const answer = await my('setPreferences', { body })
      client.setQueryData(['whoAmI', {}], { ...session, preferences: answer })
      // Digests come by that zone and in that language.
      await client.invalidateQueries({ queryKey: ['showMyDigest'] })
      tell(preferences.saved)
    } catch (error) {
      tell(plainFailure(error, text))
    } finally {
      setBusy(false)
    }
  }
  const { locale, timeZone, theme } = session.preferences
  const asBrowser = { value: '', label: preferences.asBrowser }
  return (
    <Card>
      <Stack>
        <Title order={2}>{preferences.look}</Title>
        <NativeSelect
          size="md"
          label={text.language}
          disabled={busy}
          data={[asBrowser, ...languageChoices]}
          value={locale ?? ''}
          onChange={({ currentTarget: { value } }) => void change({ locale: isLocale(value) ? value : null })}
        />
        <NativeSelect
          size="md"
          label={preferences.timeZone}
          disabled={busy}
          data={[asBrowser, ...zonesWith(timeZone)]}
          value={timeZone ?? ''}
          onChange={({ currentTarget: { value } }) => void change({ timeZone: value === '' ? null : value })}
        />
        <NativeSelect
          size="md"
          label={preferences.theme}
          disabled={busy}
          data={(['auto', 'light', 'dark'] as const).map((value) => ({
            value,
            label: preferences.themes[value],
          }))}
          value={theme}
          onChange={({ currentTarget: { value } }) => void change({ theme: value as typeof theme })}
        />
      </Stack>
    </Card>
  )
}

/** One that this browser does not list stays to be chosen. */
const zonesWith = (chosen: string | null): string[] => [
  ...new Set([...(chosen === null ? [] : [chosen]), 'UTC', ...zones]),
]
