/** Inviting a user: address, name, language. The letter goes to the user; the link is shown here where it is not mailed. */
import { Button, Checkbox, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import type { AnswerOf, InputOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { users } from '../../text/en/users.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone } from '../../ui/notify.tsx'
import { InvitationLink } from './InvitationLink.tsx'

type Locale = NonNullable<InputOf<'inviteUser'>['body']['locale']>

export function NewUser({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = useNavigate()
  const [made, setMade] = useState<AnswerOf<'inviteUser'> | null>(null)
  const [wanted, setWanted] = useState(false)
  const open = (id: string) => {
    setMade(null)
    void navigate({ to: '/users/$id', params: { id }, search: {} })
  }
  return (
    <>
      <Modal opened={opened} onClose={onClose} title={users.invite}>
        {opened && (
          <Form
            onClose={onClose}
            onMade={(invited, mail) => {
              onClose()
              setWanted(!mail)
              if (invited.invitation.url !== null) return setMade(invited)
              tellDone(users.done.invited(invited.user.name))
              open(invited.user.id)
            }}
          />
        )}
      </Modal>
      <InvitationLink
        invitation={made?.invitation ?? null}
        wanted={wanted}
        onClose={() => made && open(made.user.id)}
      />
    </>
  )
}

interface FormProps {
  onClose: () => void
  onMade: (invited: AnswerOf<'inviteUser'>, mail: boolean) => void
}

function Form({ onClose, onMade }: FormProps) {
  const { common } = useText()
  const [name, setName] = useState('')
  const [display, setDisplay] = useState('')
  const [locale, setLocale] = useState<Locale | ''>('')
  const [mail, setMail] = useState(true)
  const invite = useDeed('inviteUser', ['users'])
  const about = invite.error?.field === 'name' ? invite.error.message : undefined
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '' || invite.isPending) return
    invite.mutate(
      { body: { name: name.trim(), display: display.trim(), locale: locale === '' ? null : locale, mail } },
      { onSuccess: (invited) => onMade(invited, mail) },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {invite.error && about === undefined && <Failure error={invite.error} />}
        <TextInput
          type="email"
          label={users.address}
          description={users.addressHint}
          value={name}
          error={about}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          maxLength={320}
          data-autofocus
        />
        <TextInput
          label={users.display}
          value={display}
          onChange={(event) => setDisplay(event.currentTarget.value)}
          autoComplete="off"
          maxLength={200}
        />
        <LanguageSelect value={locale} onChange={setLocale} />
        <Checkbox
          label={users.mailIt}
          description={users.mailItHint}
          checked={mail}
          onChange={(event) => setMail(event.currentTarget.checked)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button type="submit" loading={invite.isPending} disabled={name.trim() === ''}>
            {users.invite}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

interface LanguageSelectProps {
  value: Locale | ''
  onChange: (value: Locale | '') => void
  disabled?: boolean
}

export function LanguageSelect({ value, onChange, disabled = false }: LanguageSelectProps) {
  const codes = Object.keys(users.languages) as Locale[]
  return (
    <NativeSelect
      label={users.language}
      disabled={disabled}
      value={value}
      onChange={(event) => {
        const { value: chosen } = event.currentTarget
        onChange(codes.find((code) => code === chosen) ?? '')
      }}
      data={[
        { value: '', label: users.asBrowser },
        ...codes.map((code) => ({ value: code, label: users.languages[code] })),
      ]}
    />
  )
}
