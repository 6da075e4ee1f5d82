/** The message as it was sent, in its frame, and what was kept out of it. */
import { Stack, Text } from '@mantine/core'
import { type AnswerOf, urlOf } from '../../api/client.ts'
import { useText } from '../../text/index.ts'
import { MailFrame } from '../../ui/MailFrame.tsx'

export function Rendered({ id, content }: { id: string; content: AnswerOf<'readMessage'> }) {
  const { message } = useText()
  return (
    <Stack gap={6}>
      <MailFrame
        title={message.frame}
        content={content}
        src={(theme) => urlOf('renderMessage', { params: { id }, query: { theme } })}
      />
      <Text size="xs" c="dimmed">
        {message.frameNote}
      </Text>
    </Stack>
  )
}
