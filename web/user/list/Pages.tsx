/** How many there are, and the pages before and after. */
import { Button, Group, Text } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useWords } from '../../text/user.ts'
import type { EuqAnswer } from '../api.ts'
import { perPage } from './wish.ts'

export interface PagesProps {
  answer: EuqAnswer<'findMyMessages'>
  page: number
  onPage: (page: number) => void
}

export function Pages({ answer: { total, totalIsExact, nextCursor }, page, onPage }: PagesProps) {
  const { list } = useWords()
  const more = nextCursor !== null && (!totalIsExact || page * perPage < total)
  const turn = (to: number) => {
    onPage(to)
    scrollTo(0, 0)
  }
  return (
    <Group justify="space-between">
      <Text c="dimmed" size="sm" role="status">
        {list.total(total, totalIsExact)}
      </Text>
      {(page > 1 || more) && (
        <Group component="nav" gap="xs" aria-label={list.page(page)} wrap="nowrap">
          <Button
            variant="default"
            size="md"
            px="sm"
            disabled={page === 1}
            onClick={() => turn(page - 1)}
            aria-label={list.earlier}
          >
            <IconChevronLeft size={20} aria-hidden />
          </Button>
          <Text size="sm">{list.page(page)}</Text>
          <Button
            variant="default"
            size="md"
            px="sm"
            disabled={!more}
            onClick={() => turn(page + 1)}
            aria-label={list.later}
          >
            <IconChevronRight size={20} aria-hidden />
          </Button>
        </Group>
      )}
    </Group>
  )
}
