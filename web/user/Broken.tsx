/** What is shown when the console itself has a fault, in place of an empty page. */
import { Button, Container, Stack, Title } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useWords } from '../text/user.ts'

export class Broken extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false }

  static getDerivedStateFromError() {
    return { broken: true }
  }

  override render() {
    return this.state.broken ? <Fault /> : this.props.children
  }
}

function Fault() {
  const { failures } = useWords()
  return (
    <Container component="main" size="sm" py="xl">
      <Stack align="flex-start">
        <Title order={1}>{failures.broken}</Title>
        <Button onClick={() => location.reload()}>{failures.reload}</Button>
      </Stack>
    </Container>
  )
}
