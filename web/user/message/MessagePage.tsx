/** Quarantine Message: what it is, why it was held, what can be done, and the message itself shown safely. */
import { Paper, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { ApiError } from '../../api/request.ts'
import { useWords } from '../../text/user.ts'
import { MailText } from '../../ui/MailText.tsx'
import { type MyMessage, useMy } from '../api.ts'
import { soon } from '../arrivals.tsx'
import { useMoments } from '../Moment.tsx'
import { whoSent } from '../mail.ts'
import { listPlace, To } from '../place.tsx'
import { useTitle } from '../shell/useTitle.ts'
import { Trouble } from '../Trouble.tsx'
import { Content } from './Content.tsx'
import { Decision } from './Decision.tsx'
import { Details } from './Details.tsx'
import styles from './message.module.css'

export function MessagePage({ id }: { id: string }) {
  const { message } = useWords()
  const found = useMy('showMyMessage', { params: { id } }, { again: (one) => soon(one ? [one] : []) })
  const missing = found.error instanceof ApiError && found.error.status === 404
  const title = missing ? message.notFoundTitle : message.title
  useTitle(title)
  return (
    <Stack gap="md" maw={920}>
      <To to={listPlace()} className={styles.back ?? ''}>
        <IconArrowLeft size={20} stroke={1.7} aria-hidden />
        {message.toList}
      </To>
      <Title order={1}>{title}</Title>
      {missing && <Text>{message.notFoundText}</Text>}
      {found.error && !missing && !found.data && (
        <Trouble error={found.error} retry={() => void found.refetch()} />
      )}
      {found.isPending && <Skeleton h={320} radius="lg" aria-hidden />}
      {found.data && !missing && (
        <>
          <Head item={found.data} />
          <Decision item={found.data} />
          <Content item={found.data} />
          <Details item={found.data} />
        </>
      )}
    </Stack>
  )
}

function Head({ item }: { item: MyMessage }) {
  const { message, noSubject, noSender } = useWords()
  const moments = useMoments()
  const { says, address, differs } = whoSent(item)
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} radius="lg">
      <Title order={2} size="h1" className={styles.subject ?? ''}>
        <MailText whenEmpty={noSubject}>{item.subject.slice(0, 1000)}</MailText>
      </Title>
      <dl className={styles.facts}>
        <dt>{message.from}</dt>
        <dd>
          <MailText whenEmpty={noSender}>{says.slice(0, 1000)}</MailText>
        </dd>
        {says !== address && (
          <>
            <dt>{message.sentBy}</dt>
            <dd>
              <MailText whenEmpty={noSender}>{address}</MailText>
              {differs && (
                <Text size="sm" c="dimmed">
                  {message.differs}
                </Text>
              )}
            </dd>
          </>
        )}
        <dt>{message.to}</dt>
        <dd>
          {item.copies.map((copy) => (
            <div key={copy.address}>
              <MailText>{copy.address}</MailText>
            </div>
          ))}
        </dd>
        <dt>{message.received}</dt>
        <dd>
          <time dateTime={item.receivedAt}>{moments.full(item.receivedAt)}</time>
        </dd>
        {item.expiresAt !== null && (
          <>
            <dt>{message.kept}</dt>
            <dd>
              <time dateTime={item.expiresAt}>{moments.day(item.expiresAt)}</time> (
              {moments.ahead(item.expiresAt)})
            </dd>
          </>
        )}
      </dl>
    </Paper>
  )
}
