/** What an administrator sets for a user: the name of the person, language and time zone. */
import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useDeed } from '../../api/hooks.ts'
import { users } from '../../text/en/users.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone } from '../../ui/notify.tsx'
import { Section } from '../../ui/Section.tsx'
import { LanguageSelect } from './NewUser.tsx'
import type { User } from './UserTable.tsx'

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]

export function Settings({ user }: { user: User }) {
  const { common } = useText()
  const [display, setDisplay] = useState(user.display)
  const [locale, setLocale] = useState<NonNullable<User['locale']> | ''>(user.locale ?? '')
  const [zone, setZone] = useState(user.timeZone ?? '')
  const change = useDeed('changeUser', ['users'])
  const same =
    display.trim() === user.display && locale === (user.locale ?? '') && zone === (user.timeZone ?? '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (same || change.isPending) return
    change.mutate(
      {
        params: { id: user.id },
        body: {
          display: display.trim(),
          locale: locale === '' ? null : locale,
          timeZone: zone === '' ? null : zone,
        },
      },
      { onSuccess: () => tellDone(users.done.saved) },
    )
  }
  const known = user.timeZone !== null && !zones.includes(user.timeZone) ? [user.timeZone, ...zones] : zones
  return (
    <Section title={users.settingsTitle} lead={users.settingsLead}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          {change.error && <Failure error={change.error} />}
          <TextInput
            label={users.display}
            value={display}
            onChange={(event) => setDisplay(event.currentTarget.value)}
            autoComplete="off"
            maxLength={200}
          />
          <Group grow gap="sm">
            <LanguageSelect value={locale} onChange={setLocale} />
            <NativeSelect
              label={users.zone}
              value={zone}
              onChange={(event) => setZone(event.currentTarget.value)}
              data={[
                { value: '', label: users.asBrowser },
                ...known.map((one) => ({ value: one, label: one })),
              ]}
            />
          </Group>
          <Group justify="flex-end">
            <Button type="submit" loading={change.isPending} disabled={same}>
              {common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
