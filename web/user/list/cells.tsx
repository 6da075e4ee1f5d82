/** What a row or a card of the list is made of. All of it comes out of mail, and is text. */
import { Badge, Button, Group } from '@mantine/core'
import { IconArrowBackUp, IconMailCheck, IconTrash } from '@tabler/icons-react'
import { useWords } from '../../text/user.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import type { MyMessage } from '../api.ts'
import { reasonOf, standing, whoSent } from '../mail.ts'
import { To } from '../place.tsx'
import { RequestButton } from '../RequestButton.tsx'
import type { Deeds } from '../useDeeds.ts'
import styles from './list.module.css'

/** So much of a hostile value as anybody reads. */
const cut = (text: string): string => text.slice(0, 300)

export function Sender({ item }: { item: MyMessage }) {
  const { noSender } = useWords()
  const { says, address } = whoSent(item)
  return (
    <div className={styles.sender} title={visible(cut(`${item.from}\n${address}`))}>
      <div className={styles.name}>
        <MailText whenEmpty={noSender}>{cut(says)}</MailText>
      </div>
      {says !== address && (
        <div className={styles.small}>
          <MailText whenEmpty={noSender}>{cut(address)}</MailText>
        </div>
      )}
    </div>
  )
}

export function Subject({ item }: { item: MyMessage }) {
  const { noSubject } = useWords()
  return (
    <To to={`/messages/${item.id}`} className={styles.subject ?? ''} title={visible(cut(item.subject))}>
      <MailText whenEmpty={noSubject}>{cut(item.subject)}</MailText>
    </To>
  )
}

export function ForWhom({ item: { copies } }: { item: MyMessage }) {
  const { list } = useWords()
  return (
    <div className={styles.small}>
      <MailText>{list.forAddress(cut(copies.map(({ address }) => address).join(', ')))}</MailText>
    </div>
  )
}

/** One that was approved shows as what the message is since then. */
const requestColors = { open: 'blue', denied: 'yellow', approved: '' } as const
const colors = { releasing: 'blue', delivered: 'green', 'release-failed': 'red', deleted: 'gray' } as const

export function Why({ item }: { item: MyMessage }) {
  const text = useWords()
  const state = standing(item)
  return (
    <Group gap={4}>
      <Badge
        variant="light"
        color={item.reason === 'malware' ? 'red' : 'gray'}
        tt="none"
        size="lg"
        className={styles.badge ?? ''}
        title={reasonOf(item.reason, text).long}
      >
        {reasonOf(item.reason, text).short}
      </Badge>
      {Object.hasOwn(colors, state) && (
        <Badge
          variant="light"
          color={colors[state as keyof typeof colors]}
          tt="none"
          size="lg"
          className={styles.badge ?? ''}
        >
          {text.states[state as keyof typeof colors]}
        </Badge>
      )}
      {item.request && requestColors[item.request.state] && state !== 'deleted' && (
        <Badge
          variant="light"
          color={requestColors[item.request.state]}
          tt="none"
          size="lg"
          className={styles.badge ?? ''}
          title={visible(cut(item.request.answer))}
        >
          {text.requests.states[item.request.state]}
        </Badge>
      )}
    </Group>
  )
}

export function RowDeeds({ item: { id, subject, may }, deeds }: { item: MyMessage; deeds: Deeds }) {
  const { list, requests, noSubject } = useWords()
  const named = visible(subject).slice(0, 100) || noSubject
  if (!may.notSpam && !may.request && !may.delete && !may.restore) return null
  return (
    <div className={styles.deeds}>
      {may.notSpam && (
        <Button
          variant="light"
          leftSection={<IconMailCheck size={18} stroke={1.7} aria-hidden />}
          aria-label={list.notSpamOf(named)}
          disabled={deeds.busy}
          onClick={() => void deeds.notSpam([id])}
        >
          {list.notSpam}
        </Button>
      )}
      {may.request && (
        <RequestButton variant="light" ids={[id]} deeds={deeds} label={requests.askOf(named)} />
      )}
      {may.delete && (
        <Button
          variant="subtle"
          color="gray"
          leftSection={<IconTrash size={18} stroke={1.7} aria-hidden />}
          aria-label={list.deleteOf(named)}
          disabled={deeds.busy}
          onClick={() => void deeds.remove([id])}
        >
          {list.delete}
        </Button>
      )}
      {may.restore && (
        <Button
          variant="light"
          leftSection={<IconArrowBackUp size={18} stroke={1.7} aria-hidden />}
          aria-label={list.restoreOf(named)}
          disabled={deeds.busy}
          onClick={() => void deeds.restore([id])}
        >
          {list.restore}
        </Button>
      )}
    </div>
  )
}
