/** The addresses whose held mail a user sees: what each is, who told it; some can be taken away, others added. */
import { Badge, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useDeed } from '../../api/hooks.ts'
import { users } from '../../text/en/users.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { Section } from '../../ui/Section.tsx'
import { Time } from '../../ui/times.tsx'
import type { User } from './UserTable.tsx'
import classes from './users.module.css'

type Address = User['addresses'][number]

/** What administrators set is for them to take back, and what came by a code. */
const isOurs = ({ source }: Address): boolean => source === 'administrator' || source === 'code'

export function Addresses({ user, may }: { user: User; may: boolean }) {
  const [taking, setTaking] = useState<Address | null>(null)
  const end = useDeed('endDelegation', ['users'])
  const change = useDeed('changeUser', ['users'])
  const params = { id: user.id }
  const take = ({ address, kind }: Address) => {
    const outcome = {
      onSuccess: () => tellDone(users.done.taken(visible(address))),
      onError: tellFailure,
      onSettled: () => setTaking(null),
    }
    if (kind === 'delegated') end.mutate({ params: { ...params, address } }, outcome)
    else change.mutate({ params, body: { aliases: without(user, address) } }, outcome)
  }
  return (
    <Section title={users.addressesTitle} lead={users.addressesLead}>
      <ul className={classes.rows}>
        {user.addresses.map((one) => (
          <li key={`${one.address} ${one.source}`}>
            <Group justify="space-between" wrap="nowrap" gap="sm">
              <Stack gap={2} style={{ minWidth: 0 }}>
                <Group gap={8}>
                  <Text component="span" inherit style={{ overflowWrap: 'anywhere', minWidth: 0 }}>
                    <MailText>{one.address}</MailText>
                  </Text>
                  <Badge variant="light" color="gray" tt="none">
                    {users.kinds[one.kind]}
                  </Badge>
                </Group>
                <Text size="xs" c="dimmed" component="div" title={users.addedAt(visible(one.addedBy))}>
                  {users.toldBy(users.sources[one.source] ?? visible(one.source))} · <Time at={one.addedAt} />
                </Text>
              </Stack>
              {may && one.kind !== 'own' && isOurs(one) && (
                <Button
                  size="sm"
                  variant="subtle"
                  color="red"
                  aria-label={users.takeAway(visible(one.address))}
                  onClick={() => setTaking(one)}
                  style={{ flexShrink: 0 }}
                >
                  {users.takeAwayShort}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ul>
      {may && <Add user={user} />}
      <Confirm
        opened={taking !== null}
        title={users.takeAwayTitle(visible(taking?.address ?? ''))}
        confirmLabel={users.takeAwayShort}
        danger
        busy={end.isPending || change.isPending}
        onClose={() => setTaking(null)}
        onConfirm={() => taking && take(taking)}
      >
        <Text size="sm">{users.takeAwayText}</Text>
      </Confirm>
    </Section>
  )
}

const set = ({ addresses }: User, kind: Address['kind']): string[] =>
  addresses.flatMap((one) => (one.kind === kind && one.source === 'administrator' ? [one.address] : []))

const without = (user: User, address: string): string[] =>
  set(user, 'alias').filter((one) => one.toLowerCase() !== address.toLowerCase())

function Add({ user }: { user: User }) {
  const [address, setAddress] = useState('')
  const [kind, setKind] = useState<'alias' | 'delegated'>('delegated')
  const change = useDeed('changeUser', ['users'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const added = address.trim()
    if (added === '' || change.isPending) return
    const all = [...set(user, kind), added]
    change.mutate(
      { params: { id: user.id }, body: kind === 'alias' ? { aliases: all } : { delegations: all } },
      {
        onSuccess: () => {
          setAddress('')
          tellDone(users.done.added(visible(added)))
        },
      },
    )
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        {change.error && <Failure error={change.error} />}
        <Group align="flex-end" gap="sm">
          <TextInput
            type="email"
            label={users.addAddress}
            value={address}
            onChange={(event) => setAddress(event.currentTarget.value)}
            autoComplete="off"
            maxLength={320}
            style={{ flex: '1 1 220px' }}
          />
          <NativeSelect
            label={users.addKind}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value === 'alias' ? 'alias' : 'delegated')}
            data={(['delegated', 'alias'] as const).map((value) => ({ value, label: users.addKinds[value] }))}
          />
          <Button type="submit" variant="default" loading={change.isPending} disabled={address.trim() === ''}>
            {users.add}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
