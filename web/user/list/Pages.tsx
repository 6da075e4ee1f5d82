/** How many there are, and the pages before and after. */
import { Group, Text } from '@mantine/core'
import { useWords } from '../../text/user.ts'
import { PageTurner } from '../../ui/PageTurner.tsx'
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
      <PageTurner
        size="md"
        page={page}
        more={more}
        onPage={turn}
        words={{ ...list, here: list.page(page) }}
      />
    </Group>
  )
}
