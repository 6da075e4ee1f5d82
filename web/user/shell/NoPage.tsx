/** For addresses of no page. */
import { Stack, Text, Title } from '@mantine/core'
import { useWords } from '../../text/user.ts'
import { To } from '../place.tsx'
import { useTitle } from './useTitle.ts'

export function NoPage() {
  const { failures, message } = useWords()
  useTitle(failures.pageTitle)
  return (
    <Stack gap="sm">
      <Title order={1}>{failures.pageTitle}</Title>
      <Text>{failures.pageText}</Text>
      <To to="/">{message.toList}</To>
    </Stack>
  )
}
