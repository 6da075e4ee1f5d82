/** Whose mail is shown: the own addresses and those of others that one looks after; one more by a code, and one given back. */
import { Badge, Button, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../text/user.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { type MySession, messagesChanged, my, useMy } from '../api.ts'
import { useNotices } from '../notices.tsx'
import { plainFailure } from '../Trouble.tsx'
import { AnotherAddress } from './AnotherAddress.tsx'

export function Addresses({ session }: { session: MySession }) {
  const text = useWords()
  const { preferences, delegations } = text
  const shared = useMy('showMyDelegations', {})
  const client = useQueryClient()
  const { tell } = useNotices()
  const [leaving, setLeaving] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const byCode = new Set(shared.data?.items.flatMap((one) => (one.byCode ? [one.address.toLowerCase()] : [])))
  const changed = async () => {
    await Promise.all([
      client.invalidateQueries({ predicate: ({ queryKey: [name] }) => name === 'showMyDelegations' }),
      client.invalidateQueries({ queryKey: ['whoAmI'] }),
      messagesChanged(client),
    ])
  }
  const giveBack = async (address: string) => {
    setBusy(true)
    try {
      await my('giveDelegationBack', { params: { address } })
      await changed()
      tell(delegations.givenBack(visible(address)))
    } catch (error) {
      tell(plainFailure(error, text))
    } finally {
      setBusy(false)
      setLeaving(null)
    }
  }
  return (
    <Stack gap="md">
      <div>
        <Title order={2}>{preferences.addresses}</Title>
        <Text c="dimmed" size="sm">
          {preferences.addressesText}
        </Text>
      </div>
      <Stack component="ul" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
        {session.addresses.map(({ address, kind }) => (
          <Group component="li" key={address} gap="xs" mih={44} justify="space-between" wrap="nowrap">
            <Group gap="xs" style={{ overflowWrap: 'anywhere', minWidth: 0 }}>
              <Text component="span" style={{ minWidth: 0 }}>
                <MailText>{address}</MailText>
              </Text>
              <Badge variant="light" color="gray" tt="none">
                {preferences.kinds[kind]}
              </Badge>
            </Group>
            {byCode.has(address.toLowerCase()) && (
              <Button
                size="md"
                variant="subtle"
                aria-label={delegations.giveBackOf(visible(address))}
                onClick={() => setLeaving(address)}
                style={{ flexShrink: 0 }}
              >
                {delegations.giveBack}
              </Button>
            )}
          </Group>
        ))}
      </Stack>
      {shared.data?.mayAsk && <AnotherAddress onAdded={changed} />}
      <Modal
        opened={leaving !== null}
        onClose={() => setLeaving(null)}
        title={delegations.giveBackOf(visible(leaving ?? ''))}
      >
        <Stack>
          <Text style={{ overflowWrap: 'anywhere' }}>{delegations.sure(visible(leaving ?? ''))}</Text>
          <Group justify="flex-end" gap="xs">
            <Button size="md" variant="default" onClick={() => setLeaving(null)}>
              {delegations.cancel}
            </Button>
            <Button
              size="md"
              color="red"
              loading={busy}
              data-autofocus
              onClick={() => leaving !== null && void giveBack(leaving)}
            >
              {delegations.giveBack}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  )
}
