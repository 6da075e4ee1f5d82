/** A part of a page of settings: a heading, what it is about, and its controls in a card. */
import { Group, Paper, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useId } from 'react'

export interface SectionProps {
  title: string
  lead?: ReactNode
  badge?: ReactNode
  action?: ReactNode
  children: ReactNode
}

export function Section({ title, lead, badge, action, children }: SectionProps) {
  const id = useId()
  return (
    <Paper component="section" withBorder p="lg" aria-labelledby={id}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Stack gap={2}>
            <Group gap="xs">
              <Title order={2} id={id}>
                {title}
              </Title>
              {badge}
            </Group>
            {lead !== undefined && (
              <Text size="sm" c="dimmed" maw={560}>
                {lead}
              </Text>
            )}
          </Stack>
          {action}
        </Group>
        {children}
      </Stack>
    </Paper>
  )
}
