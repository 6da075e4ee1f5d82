/** The beginning of a message, byte for byte as text. */
import { Skeleton, Stack, Text } from '@mantine/core'
import { useApi } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { visibleLines } from '../../ui/MailText.tsx'
import { size } from '../../ui/times.tsx'
import styles from './message.module.css'

export function Source({ id }: { id: string }) {
  const { message } = useText()
  const source = useApi('readSource', { params: { id } }, { staleTime: Number.POSITIVE_INFINITY })
  if (source.error) return <Failure error={source.error} retry={() => void source.refetch()} />
  if (!source.data) return <Skeleton h="50vh" radius="md" />
  const { text, isCut, size: whole } = source.data
  return (
    <Stack gap={6}>
      <section
        className={`${styles.text} ${styles.source}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        aria-label={message.views.source}
        translate="no"
      >
        {visibleLines(text)}
      </section>
      {isCut && (
        <Text size="xs" c="dimmed">
          {message.sourceCut(size(text.length), size(whole))}
        </Text>
      )}
    </Stack>
  )
}
