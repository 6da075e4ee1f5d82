/** The frame of a page: one heading, what can be done at its right, the rest below. Sets the window's title. */
import { Box, Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect } from 'react'
import { useText } from '../text/index.ts'

export interface PageProps {
  title: string
  /** One sentence below the heading. */
  lead?: ReactNode
  actions?: ReactNode
  children: ReactNode
  /** Narrow pages (forms) read better than wide ones. */
  width?: 'full' | 'form'
}

export function Page({ title, lead, actions, children, width = 'full' }: PageProps) {
  const { common } = useText()
  useEffect(() => {
    document.title = `${title} · ${common.product}`
  }, [title, common.product])
  return (
    <Box maw={width === 'form' ? 760 : undefined}>
      <Group justify="space-between" align="flex-start" mb="md" gap="sm">
        <Stack gap={2}>
          <Title order={1}>{title}</Title>
          {lead !== undefined && (
            <Text c="dimmed" size="sm">
              {lead}
            </Text>
          )}
        </Stack>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  )
}
