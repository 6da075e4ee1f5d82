/**
 * The message itself: as it was sent (in a frame that may do nothing), as plain text, its headers, its source; what was
 * not loaded, where its links lead, and its attachments. Which of the views is shown stands in the address.
 */
import { Alert, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { IconEyeOff, IconInfoCircle } from '@tabler/icons-react'
import { useApi } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { visibleLines } from '../../ui/MailText.tsx'
import { Attachments } from './Attachments.tsx'
import { type Detail, heldForVirus } from './copies.ts'
import { Headers } from './Headers.tsx'
import { Links } from './Links.tsx'
import styles from './message.module.css'
import { Rendered } from './Rendered.tsx'
import { Source } from './Source.tsx'

const views = ['rendered', 'text', 'headers', 'source'] as const
export type View = (typeof views)[number]
export const viewIn = (text: string | undefined): View => views.find((one) => one === text) ?? 'rendered'

export interface ContentTabProps {
  detail: Detail
  view: View
  onView: (view: View) => void
}

export function ContentTab({ detail, view, onView }: ContentTabProps) {
  const { message } = useText()
  const content = useApi(
    'readMessage',
    { params: { id: detail.id } },
    { staleTime: Number.POSITIVE_INFINITY },
  )
  if (content.error)
    return <Failure error={content.error} retry={() => void content.refetch()} title={message.cannotShow} />
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={message.views.label}
        value={view}
        onChange={(next) => onView(viewIn(next))}
        data={views.map((one) => ({ value: one, label: message.views[one] }))}
        style={{ alignSelf: 'flex-start', maxWidth: '100%' }}
      />
      {content.data ? (
        <Shown detail={detail} content={content.data} view={view} />
      ) : (
        <Skeleton h="50vh" radius="md" />
      )}
    </Stack>
  )
}

type Content = NonNullable<ReturnType<typeof useApi<'readMessage'>>['data']>

function Shown({ detail, content, view }: { detail: Detail; content: Content; view: View }) {
  const { message } = useText()
  return (
    <>
      {content.problem !== null && (
        <Alert color="yellow" variant="light" icon={<IconInfoCircle />} title={message.cannotShow}>
          {content.problem}
        </Alert>
      )}
      {view === 'rendered' && content.remoteContent > 0 && (
        <Alert color="gray" variant="light" icon={<IconEyeOff />} py="xs" role="note">
          {message.remote(content.remoteContent)}
        </Alert>
      )}
      {view === 'rendered' && <Rendered id={detail.id} content={content} />}
      {view === 'text' && <PlainText content={content} />}
      {view === 'headers' && <Headers detail={detail} />}
      {view === 'source' && <Source id={detail.id} />}
      {content.links.length > 0 && view !== 'headers' && view !== 'source' && <Links links={content.links} />}
      {content.parts.length > 0 && (
        <Attachments id={detail.id} parts={content.parts} virus={heldForVirus(detail)} />
      )}
    </>
  )
}

function PlainText({ content }: { content: Content }) {
  const { message } = useText()
  return (
    <Stack gap={6}>
      {content.text.trim() === '' ? (
        <Text c="dimmed">{message.noText}</Text>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        <section className={styles.text} dir="auto" tabIndex={0} aria-label={message.views.text}>
          {visibleLines(content.text)}
        </section>
      )}
      {content.textIsFrom === 'html' && (
        <Text size="xs" c="dimmed">
          {message.fromHtml}
        </Text>
      )}
      {content.textIsCut && (
        <Text size="xs" c="dimmed">
          {message.textCut}
        </Text>
      )}
    </Stack>
  )
}
