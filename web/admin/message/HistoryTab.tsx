/** Who did what with a message, out of the audit log. */
import { Box, Paper, Stack, Text } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { MailText } from '../../ui/MailText.tsx'
import { Time } from '../../ui/times.tsx'
import type { Detail } from './copies.ts'
import styles from './message.module.css'

/** The server gives no more. */
const most = 100
const wordsChars = 600

export function HistoryTab({ detail: { audit } }: { detail: Detail }) {
  const { message } = useText()
  const { history } = message
  if (audit.length === 0) return <Text c="dimmed">{history.none}</Text>
  return (
    <Stack gap="xs">
      <Paper withBorder px="md" py={4}>
        <ol className={styles.list}>
          {audit.map((row) => (
            <li key={row.seq} className={styles.moment}>
              <Box c="dimmed">
                <Time at={row.at} />
              </Box>
              <div className={styles.any}>
                <Text inherit component="div">
                  <Text span inherit fw={600}>
                    {history.deeds[row.deed] ?? row.deed}
                  </Text>{' '}
                  <Text span inherit c="dimmed">
                    {message.delivery.by} <MailText c="var(--mantine-color-text)">{row.actor}</MailText>
                    {row.origin !== '' && (
                      <>
                        {' '}
                        {history.from} <MailText>{row.origin}</MailText>
                      </>
                    )}
                  </Text>
                </Text>
                <Details details={row.details} />
              </div>
            </li>
          ))}
        </ol>
      </Paper>
      <Text size="xs" c="dimmed">
        {audit.length >= most ? history.cut : history.note}
      </Text>
    </Stack>
  )
}

/** As they were noted: names and values. */
function Details({ details }: { details: Detail['audit'][number]['details'] }) {
  const entries = Object.entries(details).filter(([, value]) => value !== null && value !== '')
  if (entries.length === 0) return null
  return (
    <Text size="xs" c="dimmed" component="div">
      {entries.map(([name, value]) => (
        <div key={name} className={styles.any}>
          {name}: <MailText>{inWords(value).slice(0, wordsChars)}</MailText>
        </div>
      ))}
    </Text>
  )
}

const inWords = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.map(inWords).join(', ')
      : typeof value === 'object' && value !== null
        ? Object.entries(value)
            .map(([name, one]) => `${name} ${inWords(one)}`)
            .join(', ')
        : String(value)
