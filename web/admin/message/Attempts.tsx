/** One delivery of one copy, and each attempt at it: when, to which server, how encrypted, and what it answered. */
import { Badge, Box, Group, Table, Text } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { Time } from '../../ui/times.tsx'
import type { Recipient } from './copies.ts'
import styles from './message.module.css'

type Delivery = Recipient['deliveries'][number]
type Attempt = Delivery['attempts'][number]

const stateColors: Record<string, string> = { due: 'blue', done: 'green', failed: 'red', cancelled: 'gray' }
const outcomeColors: Record<string, string> = { delivered: 'green', deferred: 'yellow', failed: 'red' }

export function Attempts({ delivery, address }: { delivery: Delivery; address: string }) {
  const { message } = useText()
  const words = message.delivery
  return (
    <Box pl={{ base: 0, sm: 'md' }} className={styles.delivery}>
      <Group gap="2px 10px" fz="sm">
        <Badge
          className="state"
          color={stateColors[delivery.state]}
          variant="outline"
          tt="none"
          fw={500}
          radius="sm"
        >
          {words.deliveries[delivery.state] ?? delivery.state}
        </Badge>
        <Text inherit c="dimmed">
          {words.ordered} <Time at={delivery.createdAt} />
        </Text>
        {delivery.nextAttemptAt !== null && (
          <Text inherit c="dimmed">
            {words.nextAttempt}{' '}
            {Date.parse(delivery.nextAttemptAt) <= Date.now() ? (
              words.soon
            ) : (
              <Time at={delivery.nextAttemptAt} style="relative" />
            )}
          </Text>
        )}
        <Text inherit c="dimmed">
          {words.attempts(delivery.attemptCount)}
        </Text>
      </Group>
      {delivery.attempts.length > 0 && (
        <>
          <Wide attempts={delivery.attempts} label={words.attemptsOf(visible(address))} />
          <Narrow attempts={delivery.attempts} />
        </>
      )}
    </Box>
  )
}

function Wide({ attempts, label }: { attempts: readonly Attempt[]; label: string }) {
  const { message } = useText()
  const words = message.delivery
  return (
    <Table
      layout="fixed"
      verticalSpacing={5}
      horizontalSpacing="xs"
      mt={6}
      aria-label={label}
      visibleFrom="sm"
      fz="sm"
    >
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={160}>{words.when}</Table.Th>
          <Table.Th w={190}>{words.server}</Table.Th>
          <Table.Th w={150}>{words.encryption}</Table.Th>
          <Table.Th w={130}>{words.code}</Table.Th>
          <Table.Th>{words.words}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {attempts.map((attempt) => (
          <Table.Tr key={attempt.at} style={{ verticalAlign: 'top' }}>
            <Table.Td>
              <Time at={attempt.at} />
            </Table.Td>
            <Table.Td className={styles.any}>
              <MailText whenEmpty="–">{attempt.host}</MailText>
            </Table.Td>
            <Table.Td className={styles.any}>
              <MailText whenEmpty={words.plain}>{attempt.tls}</MailText>
            </Table.Td>
            <Table.Td>
              <Code attempt={attempt} />
            </Table.Td>
            <Table.Td>
              <Words attempt={attempt} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Narrow({ attempts }: { attempts: readonly Attempt[] }) {
  const { message } = useText()
  return (
    <Box component="ul" className={styles.list} hiddenFrom="sm" mt={6} fz="sm">
      {attempts.map((attempt) => (
        <li key={attempt.at} className={styles.any}>
          <Group gap="0 8px">
            <Time at={attempt.at} />
            <Code attempt={attempt} />
          </Group>
          <Text size="xs" c="dimmed" className={styles.any}>
            <MailText>{attempt.host}</MailText>,{' '}
            <MailText whenEmpty={message.delivery.plain}>{attempt.tls}</MailText>
          </Text>
          <Words attempt={attempt} />
        </li>
      ))}
    </Box>
  )
}

function Code({ attempt: { outcome, code, status } }: { attempt: Attempt }) {
  const { message } = useText()
  return (
    <Group gap="0 6px">
      <Text
        inherit
        component="span"
        c={`var(--mantine-color-${outcomeColors[outcome] ?? 'gray'}-light-color)`}
        fw={600}
      >
        {message.delivery.outcome[outcome] ?? outcome}
      </Text>
      <Text inherit component="span" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {code ?? ''} <MailText>{status}</MailText>
      </Text>
    </Group>
  )
}

function Words({ attempt: { reply } }: { attempt: Attempt }) {
  const { message } = useText()
  return (
    <MailText className={styles.words} whenEmpty={message.delivery.noWords}>
      {reply}
    </MailText>
  )
}
