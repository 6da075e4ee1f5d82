/** A place where there is nothing: says why, and what to do. */
import { Center, Stack, Text, ThemeIcon } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface EmptyProps {
  title: string
  children?: ReactNode
  icon?: ReactNode
}

export function Empty({ title, children, icon = <IconInbox /> }: EmptyProps) {
  return (
    <Center py={56} px="md">
      <Stack gap="xs" align="center" maw={520} ta="center">
        <ThemeIcon variant="light" color="gray" size={48} radius="xl" aria-hidden>
          {icon}
        </ThemeIcon>
        <Text fw={600}>{title}</Text>
        {children !== undefined && (
          <Text size="sm" c="dimmed" component="div">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  )
}
