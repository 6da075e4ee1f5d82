/** At the foot of a list: which of its pages this is, and the way to those before and after; nothing where there is one. */
import { Button, type ButtonProps, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'

export interface PageTurnerProps {
  page: number
  /** There is one behind this. */
  more: boolean
  onPage: (page: number) => void
  words: { here: string; earlier: string; later: string }
  size?: 'sm' | 'md'
}

export function PageTurner({ page, more, onPage, words, size = 'sm' }: PageTurnerProps) {
  if (page === 1 && !more) return null
  // What a finger must meet.
  const button: ButtonProps = { variant: 'default', size, px: 'sm', mih: 40 }
  return (
    <Group component="nav" gap="xs" aria-label={words.here} justify="center" wrap="nowrap">
      <Button {...button} disabled={page === 1} onClick={() => onPage(page - 1)} aria-label={words.earlier}>
        <IconChevronLeft size={20} aria-hidden />
      </Button>
      <Text size="sm">{words.here}</Text>
      <Button {...button} disabled={!more} onClick={() => onPage(page + 1)} aria-label={words.later}>
        <IconChevronRight size={20} aria-hidden />
      </Button>
    </Group>
  )
}
