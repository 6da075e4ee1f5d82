/** The message itself: in a frame that may do nothing, or as plain text; its attachments by name. */
import { ActionIcon, Alert, SegmentedControl, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconDownload, IconFile, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import { useWords } from '../../text/user.ts'
import { MailFrame } from '../../ui/MailFrame.tsx'
import { MailText, visible, visibleLines } from '../../ui/MailText.tsx'
import { type EuqAnswer, type MyMessage, myUrl, useMy } from '../api.ts'
import { useMoments } from '../Moment.tsx'
import { Trouble } from '../Trouble.tsx'
import styles from './message.module.css'

type MailContent = EuqAnswer<'readMyMessage'>
const views = ['rendered', 'text'] as const

export function Content({ item }: { item: MyMessage }) {
  const { message } = useWords()
  const params = { id: item.id }
  const content = useMy('readMyMessage', { params }, { staleTime: Number.POSITIVE_INFINITY })
  const [view, setView] = useState<(typeof views)[number]>('rendered')
  return (
    <Stack component="section" gap="sm" aria-label={message.content}>
      <Title order={2}>{message.content}</Title>
      {content.error && <Trouble error={content.error} retry={() => void content.refetch()} />}
      {content.isPending && <Skeleton h="40vh" radius="md" aria-hidden />}
      {content.data && (
        <>
          <SegmentedControl
            size="md"
            aria-label={message.views.label}
            value={view}
            onChange={(next) => setView(next as typeof view)}
            data={views.map((value) => ({ value, label: message.views[value] }))}
            className={styles.views ?? ''}
          />
          {content.data.problem !== null && (
            <Alert color="yellow" variant="light" icon={<IconInfoCircle />}>
              {message.cannotShow}
            </Alert>
          )}
          {view === 'rendered' ? (
            <>
              <MailFrame
                title={message.frame}
                content={content.data}
                src={(theme) => myUrl('renderMyMessage', { params, query: { theme } })}
              />
              <Text size="sm" c="dimmed">
                {message.safe}
                {content.data.remoteContent > 0 && ` ${message.pictures(content.data.remoteContent)}`}
              </Text>
            </>
          ) : (
            <PlainText content={content.data} />
          )}
          {content.data.parts.length > 0 && <Attachments content={content.data} item={item} />}
        </>
      )}
    </Stack>
  )
}

function PlainText({ content }: { content: MailContent }) {
  const { message } = useWords()
  if (content.text.trim() === '') return <Text c="dimmed">{message.noText}</Text>
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className={styles.text} dir="auto" tabIndex={0} aria-label={message.views.text}>
        {visibleLines(content.text)}
      </section>
      {content.textIsCut && (
        <Text size="sm" c="dimmed">
          {message.cut}
        </Text>
      )}
    </>
  )
}

function Attachments({ content, item }: { content: MailContent; item: MyMessage }) {
  const { message } = useWords()
  const moments = useMoments()
  return (
    <section aria-label={message.attachments(content.parts.length)}>
      <Title order={3}>{message.attachments(content.parts.length)}</Title>
      <ul className={styles.parts}>
        {content.parts.map(({ part, name, size }) => (
          <li key={part}>
            <IconFile size={20} stroke={1.6} aria-hidden />
            <span className={styles.any}>
              <MailText whenEmpty={message.noName}>{name.slice(0, 300)}</MailText>
            </span>
            <Text span size="sm" c="dimmed">
              {moments.size(size)}
            </Text>
            {item.may.download && (
              <ActionIcon
                component="a"
                href={myUrl('downloadMyPart', { params: { id: item.id, part } })}
                download
                variant="default"
                size={40}
                ml="auto"
                aria-label={message.download(visible(name).slice(0, 200) || message.noName)}
              >
                <IconDownload size={20} stroke={1.6} aria-hidden />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      <Text size="sm" c="dimmed">
        {item.may.download
          ? message.attachmentsRisk
          : item.may.notSpam
            ? message.attachmentsText
            : message.attachmentsHeld}
      </Text>
    </section>
  )
}
