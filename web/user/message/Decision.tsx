/** Why the message was held, and what its reader can do: what will happen is said before, what has happened after. */
import { Alert, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconCircleCheck,
  IconMailCheck,
  IconTrash,
  IconUserCheck,
  IconUserOff,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../../text/user.ts'
import type { MyMessage } from '../api.ts'
import { useMoments } from '../Moment.tsx'
import { reasonOf, standing } from '../mail.ts'
import { go, listPlace } from '../place.tsx'
import { RequestButton } from '../RequestButton.tsx'
import { SplitButton } from '../SplitButton.tsx'
import { useDeeds } from '../useDeeds.ts'
import { RequestState } from './RequestState.tsx'

export function Decision({ item }: { item: MyMessage }) {
  const text = useWords()
  const deeds = useDeeds()
  const { may } = item
  const remove = async (block: boolean) => {
    if (await deeds.remove([item.id], block)) go(listPlace())
  }
  return (
    <Paper
      component="section"
      withBorder
      p={{ base: 'md', sm: 'lg' }}
      radius="lg"
      aria-label={text.message.whyTitle}
    >
      <Stack>
        <div>
          <Title order={2}>{text.message.whyTitle}</Title>
          <Text>{reasonOf(item.reason, text).long}</Text>
        </div>
        <div role="status">
          <Stack gap="sm">
            {item.request && <RequestState request={item.request} />}
            <Outcome item={item} />
          </Stack>
        </div>
        {Object.values({ ...may, download: false }).some(Boolean) && (
          <Group gap="sm">
            {may.notSpam && (
              <SplitButton
                size="lg"
                busy={deeds.busy}
                leftSection={<IconMailCheck size={22} stroke={1.7} aria-hidden />}
                label={text.list.notSpam}
                onClick={() => void deeds.notSpam([item.id])}
                moreLabel={text.senders.moreNotSpam}
                more={{
                  label: text.senders.notSpamAndApprove,
                  icon: <IconUserCheck size={20} stroke={1.7} aria-hidden />,
                  onClick: () => void deeds.notSpam([item.id], true),
                }}
              />
            )}
            {may.request && <RequestButton size="lg" ids={[item.id]} deeds={deeds} />}
            {may.withdraw && (
              <Button
                size="lg"
                variant="default"
                loading={deeds.busy}
                leftSection={<IconArrowBackUp size={22} stroke={1.7} aria-hidden />}
                onClick={() => void deeds.withdraw([item.id])}
              >
                {text.requests.withdraw}
              </Button>
            )}
            {may.restore && (
              <Button
                size="lg"
                loading={deeds.busy}
                leftSection={<IconArrowBackUp size={22} stroke={1.7} aria-hidden />}
                onClick={() => void deeds.restore([item.id])}
              >
                {text.list.restore}
              </Button>
            )}
            {may.delete && (
              <SplitButton
                size="lg"
                variant="default"
                busy={deeds.busy}
                leftSection={<IconTrash size={22} stroke={1.7} aria-hidden />}
                label={text.list.delete}
                onClick={() => void remove(false)}
                moreLabel={text.senders.moreDelete}
                more={{
                  label: text.senders.deleteAndBlock,
                  icon: <IconUserOff size={20} stroke={1.7} aria-hidden />,
                  onClick: () => void remove(true),
                }}
              />
            )}
          </Group>
        )}
      </Stack>
    </Paper>
  )
}

/** How it stands, and what follows from that. */
function Outcome({ item }: { item: MyMessage }): ReactNode {
  const { message, states, requests } = useWords()
  const moments = useMoments()
  const { may, copies, reason, request } = item
  switch (standing(item)) {
    case 'releasing':
      return (
        <Alert color="blue" variant="light" icon={<Loader size={18} aria-hidden />} title={states.releasing}>
          {message.releasingText}
        </Alert>
      )
    case 'delivered': {
      const [last = ''] = copies
        .flatMap((copy) => (copy.state === 'delivered' ? [copy.changedAt] : []))
        .sort()
        .reverse()
      return (
        <Alert color="green" variant="light" icon={<IconCircleCheck />} title={states.delivered}>
          {message.deliveredText(moments.full(last))}
        </Alert>
      )
    }
    case 'release-failed':
      return (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={states['release-failed']}>
          {message.failedText}
        </Alert>
      )
    case 'deleted':
      return <Text>{may.restore ? message.deletedText : message.deletedForGood}</Text>
    default:
      if (reason === 'malware')
        return (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={message.malwareTitle}>
            {message.malwareText}
          </Alert>
        )
      // What became of the request says it all.
      if (request && !may.request && !may.notSpam) return null
      return (
        <Text>{may.notSpam ? message.notSpamText : may.request ? requests.mayAsk : message.askText}</Text>
      )
  }
}
