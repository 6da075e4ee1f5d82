/** What went wrong, in the server's words, what to do about it, and a way to try again. */
import { Alert, Button, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { ApiError } from '../api/client.ts'
import { useText } from '../text/index.ts'

export interface FailureProps {
  error: unknown
  retry?: () => void
  title?: string
}

export function Failure({ error, retry, title }: FailureProps) {
  const { common } = useText()
  const known = error instanceof ApiError ? error : null
  const heading =
    title ??
    (known?.status === 0
      ? common.unreachable
      : known?.code === 'forbidden'
        ? common.forbidden
        : common.failureTitle)
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={heading} role="alert">
      <Stack gap="xs" align="flex-start">
        {/* The heading has said already that nothing was reached. */}
        {known?.status !== 0 && (
          <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
        )}
        {known?.remedy && <Text size="sm">{known.remedy}</Text>}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {common.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}
