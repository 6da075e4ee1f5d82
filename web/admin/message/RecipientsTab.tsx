/** Each recipient's copy: its state, who changed it and when, and what the network did with it, in the servers' words. */
import { Button, Group, Paper, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useText } from '../../text/index.ts'
import { MailText } from '../../ui/MailText.tsx'
import { StateBadge } from '../../ui/StateBadge.tsx'
import { Time } from '../../ui/times.tsx'
import { Attempts } from './Attempts.tsx'
import type { Detail, Recipient } from './copies.ts'
import styles from './message.module.css'

const many = 10
const shownAtOnce = 50

export function RecipientsTab({ detail: { recipients } }: { detail: Detail }) {
  const { message } = useText()
  const { delivery } = message
  const [wanted, setWanted] = useState('')
  const [all, setAll] = useState(false)
  const found = recipients.filter(({ address }) =>
    address.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  const shown = all ? found : found.slice(0, shownAtOnce)
  return (
    <Stack gap="sm">
      {recipients.length > many && (
        <Group gap="sm">
          <TextInput
            aria-label={delivery.find}
            placeholder={delivery.find}
            leftSection={<IconSearch size={16} aria-hidden />}
            value={wanted}
            onChange={(event) => setWanted(event.currentTarget.value)}
            w={{ base: '100%', xs: 300 }}
          />
          <Text size="sm" c="dimmed" role="status">
            {delivery.found(found.length, recipients.length)}
          </Text>
        </Group>
      )}
      {shown.length === 0 ? (
        <Text c="dimmed">{delivery.noneFound}</Text>
      ) : (
        <Paper withBorder px="md">
          <ul className={styles.list}>
            {shown.map((recipient) => (
              <li key={recipient.address} className={styles.row}>
                <Copy recipient={recipient} />
              </li>
            ))}
          </ul>
        </Paper>
      )}
      {found.length > shown.length && (
        <Button variant="default" onClick={() => setAll(true)} style={{ alignSelf: 'flex-start' }}>
          {delivery.showAll(found.length)}
        </Button>
      )}
    </Stack>
  )
}

function Copy({ recipient }: { recipient: Recipient }) {
  const { message } = useText()
  const { delivery } = message
  const { address, state, changedAt, changedBy, releasedAt, releasedBy, deliveries } = recipient
  return (
    <Stack gap={8}>
      <Group gap="4px 10px" align="baseline">
        <Text fw={600} size="sm" component="h2" className={styles.any}>
          <MailText>{address}</MailText>
        </Text>
        <StateBadge state={state} />
        <Text size="sm" c="dimmed">
          {delivery.since} <Time at={changedAt} />, {delivery.by} <MailText>{changedBy}</MailText>
        </Text>
        {releasedAt !== null && releasedBy !== null && (
          <Text size="sm" c="dimmed">
            {delivery.releasedBy} <MailText>{releasedBy}</MailText>, <Time at={releasedAt} />
          </Text>
        )}
      </Group>
      {deliveries.map((one) => (
        <Attempts key={one.id} delivery={one} address={address} />
      ))}
    </Stack>
  )
}
