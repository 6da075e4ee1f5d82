/** Digests that were given up or are tried again, with what the next hop said. */
import { Badge, Group, Text } from '@mantine/core'
import type { AnswerOf } from '../../api/client.ts'
import { digests } from '../../text/en/digests.ts'
import { MailText } from '../../ui/MailText.tsx'
import { Section } from '../../ui/Section.tsx'
import { Time, useTimes } from '../../ui/times.tsx'
import classes from './digests.module.css'

export function Troubles({ items }: { items: AnswerOf<'showDigests'>['troubles'] }) {
  const times = useTimes()
  return (
    <Section title={digests.troubles} lead={digests.troublesLead}>
      <ul className={classes.rows}>
        {items.map(({ recipient, state, attempts, createdAt, nextAt, endedAt, reply }) => (
          <li key={`${recipient} ${createdAt}`}>
            <Group gap="4px 10px" justify="space-between">
              <Text size="sm" fw={500} component="div" className={classes.any}>
                <MailText>{recipient}</MailText>
              </Text>
              <Group gap="xs">
                <Text size="xs" c="dimmed">
                  {digests.attempts(attempts)} · <Time at={endedAt ?? createdAt} />
                </Text>
                <Badge variant="light" color={state === 'failed' ? 'red' : 'yellow'} tt="none" radius="sm">
                  {nextAt === null ? digests.givenUp : digests.again(times.short(nextAt))}
                </Badge>
              </Group>
            </Group>
            <Text size="sm" c="dimmed" component="div" className={classes.any}>
              <MailText whenEmpty={digests.noReply}>{reply}</MailText>
            </Text>
          </li>
        ))}
      </ul>
    </Section>
  )
}
