/** Instead of the content of a message whose bytes are gone: says so, and what is still known of its attachments. */
import { Alert, Stack, Text } from '@mantine/core'
import { IconHourglassOff } from '@tabler/icons-react'
import { useText } from '../../text/index.ts'
import { MailText } from '../../ui/MailText.tsx'
import { size, useTimes } from '../../ui/times.tsx'
import type { Detail } from './copies.ts'
import { Card } from './Facts.tsx'
import styles from './message.module.css'

export function Purged({ detail, at }: { detail: Detail; at: string }) {
  const { message } = useText()
  const times = useTimes()
  return (
    <Stack>
      <Alert color="gray" icon={<IconHourglassOff />} title={message.purgedTitle}>
        {message.purgedText(times.short(at))}
      </Alert>
      {detail.attachments.length > 0 && (
        <Card title={message.attachments(detail.attachments.length)}>
          <ul className={styles.list}>
            {detail.attachments.map(({ name, type, trueType, size: bytes }, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and names may be the same
              <li key={n} className={styles.any}>
                <Text size="sm" component="span">
                  <MailText whenEmpty={message.noName}>{name}</MailText>
                </Text>{' '}
                <Text size="xs" c="dimmed" component="span">
                  {size(bytes)}, <MailText>{trueType ?? type}</MailText>
                </Text>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </Stack>
  )
}
