/** What each scanner said: its result, score and threshold, its own words, and the symbols that it gave. */
import { Badge, Group, Stack, Table, Text } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { MailText } from '../../ui/MailText.tsx'
import type { Detail } from './copies.ts'
import { Card } from './Facts.tsx'
import styles from './message.module.css'

type Verdict = Detail['verdicts'][number]

const colors: Record<string, string> = {
  clean: 'green',
  suspect: 'yellow',
  bulk: 'yellow',
  spam: 'orange',
  phishing: 'red',
  malware: 'red',
  failed: 'gray',
}

export function Verdicts({ verdicts }: { verdicts: readonly Verdict[] }) {
  const { message } = useText()
  return (
    <Card title={message.verdicts.title}>
      {verdicts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {message.verdicts.none}
        </Text>
      ) : (
        <Stack gap="lg">
          {verdicts.map((verdict, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            <One key={n} verdict={verdict} />
          ))}
        </Stack>
      )}
    </Card>
  )
}

function One({
  verdict: { scanner, result, score, threshold, detail, symptoms, tookMs },
}: {
  verdict: Verdict
}) {
  const { message } = useText()
  const words = message.verdicts
  return (
    <div>
      <Group gap="4px 10px">
        <Text fw={600} size="sm" component="h3">
          <MailText>{scanner}</MailText>
        </Text>
        <Badge className="state" color={colors[result] ?? 'gray'} variant="light" tt="none" radius="sm">
          {words.results[result] ?? result}
        </Badge>
        {score !== null && (
          <Text size="sm" style={{ fontVariantNumeric: 'tabular-nums' }}>
            {words.score(score, threshold)}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {words.took(tookMs)}
        </Text>
      </Group>
      {detail !== '' && (
        <Text size="sm" mt={2} className={styles.any}>
          <MailText>{detail}</MailText>
        </Text>
      )}
      {symptoms.length > 0 && (
        <Table
          layout="fixed"
          verticalSpacing={4}
          horizontalSpacing="xs"
          mt={6}
          aria-label={words.symbols(scanner)}
        >
          <Table.Thead>
            <Table.Tr>
              <Table.Th w="40%">{words.symbol}</Table.Th>
              <Table.Th w={64} ta="right">
                {words.points}
              </Table.Th>
              <Table.Th>{words.meaning}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {symptoms.map((symptom, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
              <Table.Tr key={n} style={{ verticalAlign: 'top' }}>
                <Table.Td className={`${styles.any} ${styles.mono}`}>
                  <MailText>{symptom.name}</MailText>
                </Table.Td>
                <Table.Td ta="right" style={{ fontVariantNumeric: 'tabular-nums' }}>
                  {symptom.score ?? ''}
                </Table.Td>
                <Table.Td className={styles.any}>
                  <MailText>{symptom.detail}</MailText>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </div>
  )
}
