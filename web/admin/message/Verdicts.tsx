/** What each scanner said: its result, score and threshold, its own words, and the symbols that it gave. */
import { Badge, Group, Stack, Text } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import type { Detail } from './copies.ts'
import { Card } from './Facts.tsx'
import styles from './message.module.css'

type Verdict = Detail['verdicts'][number]

const colors: Record<string, string> = {
  clean: 'green',
  suspect: 'yellow',
  bulk: 'yellow',
  spam: 'yellow',
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
        {tookMs >= 1 && (
          <Text size="xs" c="dimmed">
            {words.took(tookMs)}
          </Text>
        )}
      </Group>
      {detail !== '' && (
        <Text size="sm" mt={2} className={styles.any}>
          <MailText>{detail}</MailText>
        </Text>
      )}
      <Symbols of={scanner} symptoms={symptoms} />
    </div>
  )
}

/** Bare names stand in a row; those with an explanation have a line each. */
function Symbols({ of, symptoms }: { of: string; symptoms: Verdict['symptoms'] }) {
  const { message } = useText()
  const bare = symptoms.filter(({ detail }) => detail === '')
  const explained = symptoms.filter(({ detail }) => detail !== '')
  const label = message.verdicts.symbols(visible(of))
  return (
    <>
      {explained.length > 0 && (
        <ul className={`${styles.list} ${styles.symbols}`} aria-label={label}>
          {explained.map((symptom, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            <li key={n} className={styles.symbol}>
              <Name symptom={symptom} />
              <Text size="sm" className={styles.any}>
                <MailText>{symptom.detail}</MailText>
              </Text>
            </li>
          ))}
        </ul>
      )}
      {bare.length > 0 && (
        <ul className={`${styles.list} ${styles.names}`} aria-label={label}>
          {bare.map((symptom, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            <li key={n} className={styles.chip}>
              <Name symptom={symptom} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Name({ symptom: { name, score } }: { symptom: Verdict['symptoms'][number] }) {
  return (
    <span className={`${styles.any} ${styles.mono}`}>
      <MailText>{name}</MailText>
      {score !== null && (
        <Text span inherit c="dimmed">
          {' '}
          {score > 0 ? `+${score}` : score}
        </Text>
      )}
    </span>
  )
}
