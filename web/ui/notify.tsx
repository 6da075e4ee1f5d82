/** Short messages at the edge: what was done (with a way to undo it), what failed. They say what, never only 'OK'. */
import { Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { ApiError } from '../api/client.ts'

export interface Undo {
  label: string
  run: () => void
  /** How long it is offered. */
  milliseconds: number
}

/** Returns the id, for hiding. */
export function tellDone(message: string, undo?: Undo): string {
  const id = notifications.show({
    color: 'green',
    icon: <IconCheck size={18} />,
    autoClose: undo?.milliseconds ?? 5000,
    message: undo ? (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{message}</Text>
        <Button
          size="compact-sm"
          variant="light"
          style={{ flexShrink: 0 }}
          onClick={() => {
            notifications.hide(id)
            undo.run()
          }}
        >
          {undo.label}
        </Button>
      </Group>
    ) : (
      message
    ),
  })
  return id
}

export function tellFailure(error: unknown): void {
  const remedy = error instanceof ApiError ? error.remedy : ''
  notifications.show({
    color: 'red',
    icon: <IconAlertTriangle size={18} />,
    autoClose: 15_000,
    title: error instanceof Error ? error.message : String(error),
    message: remedy,
  })
}
