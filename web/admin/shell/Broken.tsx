/** Pages that are not there, and pages that broke. */
import { Button, Code, Container, Stack, Text, Title } from '@mantine/core'
import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { useText } from '../../text/index.ts'
import { Page } from '../../ui/Page.tsx'

export function NotFound() {
  const { shell } = useText()
  return (
    <Page title={shell.notFoundTitle} lead={shell.notFoundText}>
      <Button component={Link} to="/query">
        {shell.toQuery}
      </Button>
    </Page>
  )
}

export function Broken({ error }: ErrorComponentProps) {
  const { shell } = useText()
  return (
    <Container size="sm" py="xl">
      <Stack align="flex-start">
        <Title order={1}>{shell.brokenTitle}</Title>
        <Text>{shell.brokenText}</Text>
        <Code block>{error instanceof Error ? error.message : String(error)}</Code>
        <Button onClick={() => location.reload()}>{shell.reload}</Button>
      </Stack>
    </Container>
  )
}
