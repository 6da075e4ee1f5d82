/** The page before anybody is logged on: whose quarantine it is, one card, the language. */
import { Center, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { LanguageChoice } from '../LanguageChoice.tsx'
import { Sign } from '../shell/Sign.tsx'
import { useTitle } from '../shell/useTitle.ts'

export interface EntranceFrameProps {
  title: string
  lead?: string
  /** Of the organisation. */
  notice?: string
  children: ReactNode
}

export function EntranceFrame({ title, lead, notice = '', children }: EntranceFrameProps) {
  useTitle(title)
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={420} gap="lg">
        <Center>
          <Sign size={40} />
        </Center>
        <Paper withBorder shadow="sm" p={{ base: 'lg', sm: 'xl' }} radius="lg">
          <Stack>
            <div>
              <Title order={1}>{title}</Title>
              {lead !== undefined && (
                <Text c="dimmed" mt={4}>
                  {lead}
                </Text>
              )}
            </div>
            {notice !== '' && (
              <Paper p="sm" bg="var(--mantine-color-lagoon-light)" role="note">
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {notice}
                </Text>
              </Paper>
            )}
            {children}
          </Stack>
        </Paper>
        <Center>
          <LanguageChoice />
        </Center>
      </Stack>
    </Center>
  )
}
