/** What became of the request for a message: that it is asked for, or what was answered. */
import { Alert, Stack, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconClock } from '@tabler/icons-react'
import { useWords } from '../../text/user.ts'
import { visibleLines } from '../../ui/MailText.tsx'
import type { MyMessage } from '../api.ts'
import { useMoments } from '../Moment.tsx'
import styles from './message.module.css'

export function RequestState({ request }: { request: NonNullable<MyMessage['request']> }) {
  const { requests } = useWords()
  const moments = useMoments()
  const { state, isOwn, askedAt, decidedAt, note, answer } = request
  const decided = moments.full(decidedAt ?? askedAt)
  const [color, icon, text] = {
    open: [
      'blue',
      <IconClock key="open" />,
      isOwn ? requests.openText(moments.full(askedAt)) : requests.openByOther(moments.full(askedAt)),
    ] as const,
    approved: ['green', <IconCircleCheck key="approved" />, requests.approvedText(decided)] as const,
    denied: ['yellow', <IconCircleX key="denied" />, requests.deniedText(decided)] as const,
  }[state]
  return (
    <Alert color={color} variant="light" icon={icon} title={requests.states[state]} data-request={state}>
      <Stack gap="xs">
        <Text size="sm">{text}</Text>
        {answer !== '' && <Words label={requests.answer} text={answer} />}
        {note !== '' && state === 'open' && <Words label={requests.yourWords} text={note} />}
      </Stack>
    </Alert>
  )
}

function Words({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {label}
      </Text>
      <Text size="sm" component="div" className={styles.words ?? ''} dir="auto">
        {visibleLines(text)}
      </Text>
    </div>
  )
}
