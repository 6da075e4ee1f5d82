/** What went wrong, in words for everybody, and a way to try again. */
import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiError } from '../api/request.ts'
import { type UserText, useWords } from '../text/user.ts'

/** The server speaks English to programs; people get the words of their language. */
export function plainFailure(error: unknown, { failures }: UserText): string {
  if (!(error instanceof ApiError)) return failures.other
  if (error.status === 0) return failures.unreachable
  if (error.status === 429) return failures.tooMany
  if (error.status === 404) return failures.notFound
  return error.status >= 502 ? failures.busy : failures.other
}

export function Trouble({ error, says, retry }: { error: unknown; says?: string; retry?: () => void }) {
  const text = useWords()
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={text.failures.title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{says ?? plainFailure(error, text)}</Text>
        {retry && (
          <Button variant="default" onClick={retry}>
            {text.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
