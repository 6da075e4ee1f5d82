/** Users with their schedules, last and next digests; one is opened to look at the digest and to send it by hand. */
import { Anchor, Group, Paper, Skeleton, Stack, Table, Text, Title } from '@mantine/core'
import { IconUserHeart } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import type { AnswerOf } from '../../api/client.ts'
import { useApi } from '../../api/hooks.ts'
import { digests } from '../../text/en/digests.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import { PageTurner } from '../../ui/PageTurner.tsx'
import { pageIn } from '../../ui/pageIn.ts'
import { SearchField } from '../../ui/SearchField.tsx'
import { Time } from '../../ui/times.tsx'
import classes from './digests.module.css'
import { often } from './schedule.ts'

const perPage = 50
type UserDigest = AnswerOf<'showUserDigest'>

export function DigestUsers() {
  const search: Record<string, string> = useSearch({ strict: false })
  const navigate = useNavigate()
  const q = (search.q ?? '').trim().slice(0, 200)
  const page = pageIn(search.page)
  const go = (to: { q: string; page: number }) =>
    void navigate({
      to: '/digests',
      search: { ...(to.q === '' ? {} : { q: to.q }), ...(to.page > 1 ? { page: String(to.page) } : {}) },
    })
  const query = { page, limit: perPage, ...(q === '' ? {} : { q }) }
  const { data, error, refetch } = useApi('listDigests', { query }, { keepPrevious: true })
  const pages = Math.max(1, Math.ceil((data?.total ?? 0) / perPage))
  return (
    <Stack component="section" gap="sm" aria-label={digests.users}>
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Title order={2}>{digests.users}</Title>
          <Text size="sm" c="dimmed" role="status">
            {data ? digests.total(data.total) : '…'}
          </Text>
        </div>
        <search className={classes.search}>
          <SearchField q={q} onSearch={(text) => go({ q: text, page: 1 })} words={digests} />
        </search>
      </Group>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={240} radius="md" />}
      {data && data.items.length === 0 && (
        <Paper withBorder>
          <Empty title={q === '' ? digests.noUsers : digests.noneFound} icon={<IconUserHeart />}>
            {q !== '' && digests.noneFoundText}
          </Empty>
        </Paper>
      )}
      {data && data.items.length > 0 && <Rows items={data.items} />}
      <PageTurner
        page={page}
        more={page < pages}
        onPage={(to) => go({ q, page: Math.min(to, pages) })}
        words={{ ...digests, here: digests.pageOf(page, pages) }}
      />
    </Stack>
  )
}

function Rows({ items }: { items: readonly UserDigest[] }) {
  return (
    <Paper withBorder style={{ overflow: 'hidden' }}>
      <Table
        verticalSpacing={10}
        horizontalSpacing="md"
        layout="fixed"
        className={classes.table}
        aria-label={digests.users}
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{digests.user}</Table.Th>
            <Table.Th w="28%">{digests.schedule}</Table.Th>
            <Table.Th w={180}>{digests.last}</Table.Th>
            <Table.Th w={180}>{digests.next}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Table.Tr key={item.id}>
              <Table.Td>
                <Anchor
                  className={`${classes.open} cut`}
                  title={visible(item.name)}
                  renderRoot={(props) => (
                    <Link {...props} to="/digests/$id" params={{ id: item.id }} search={{}} />
                  )}
                >
                  <MailText>{item.name}</MailText>
                </Anchor>
              </Table.Td>
              <Table.Td data-label={digests.schedule}>{scheduleOf(item, digests)}</Table.Td>
              <Table.Td data-label={digests.last}>
                <At time={item.sentAt} />
              </Table.Td>
              <Table.Td data-label={digests.next}>
                <At time={item.nextAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

function At({ time }: { time: string | null }) {
  return time === null ? (
    <Text span inherit c="dimmed">
      {digests.none}
    </Text>
  ) : (
    <Time at={time} />
  )
}

export function scheduleOf({ disabled, own }: UserDigest, words: typeof digests): string {
  if (disabled) return words.disabled
  return own === null ? words.asUsual : often(own, words)
}
