/** What became of each message of a job, by outcome (which stands in the address), with the way to the message. */
import { Anchor, Badge, Button, Group, Paper, SegmentedControl, Skeleton, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type AnswerOf, call } from '../../api/client.ts'
import { jobs } from '../../text/en/jobs.ts'
import { useText } from '../../text/index.ts'
import { count } from '../../text/plural.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import type { Job } from './JobProgress.tsx'
import styles from './jobs.module.css'

type Item = AnswerOf<'listJobItems'>['items'][number]

const outcomes = ['done', 'refused', 'failed'] as const
const colors = { done: 'green', refused: 'yellow', failed: 'red' } as const
const itemsPerPage = 50

export function JobItems({ job }: { job: Job }) {
  const navigate = useNavigate()
  const search: Record<string, string> = useSearch({ strict: false })
  const outcome = outcomes.find((one) => one === search.outcome)
  const list = useInfiniteQuery({
    // Named as the route, so that live changes of jobs ask for it again.
    queryKey: ['listJobItems', job.id, outcome],
    queryFn: ({ pageParam, signal }) =>
      call(
        'listJobItems',
        { params: { id: job.id }, query: { limit: itemsPerPage, outcome, cursor: pageParam } },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section aria-label={jobs.items}>
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2}>{jobs.items}</Title>
        <SegmentedControl
          aria-label={jobs.filter}
          value={outcome ?? ''}
          onChange={(next) =>
            void navigate({
              to: '/jobs/$id',
              params: { id: job.id },
              search: { outcome: next },
              replace: true,
              resetScroll: false,
            })
          }
          data={[
            { value: '', label: jobs.all },
            ...outcomes.map((one) => ({ value: one, label: `${jobs.outcomes[one]} ${count(job[one])}` })),
          ]}
        />
      </Group>
      {list.error && items.length === 0 ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Skeleton h={200} radius="md" />
      ) : items.length === 0 ? (
        <Empty title={jobs.noItems}>{outcome ? jobs.noneOf : jobs.noItemsText}</Empty>
      ) : (
        <Paper withBorder>
          <ul className={styles.list}>
            {items.map((item) => (
              <li key={item.message} className={styles.item}>
                <Row item={item} action={job.action} />
              </li>
            ))}
          </ul>
        </Paper>
      )}
      {list.hasNextPage && (
        <Button
          variant="default"
          mt="sm"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {jobs.moreItems}
        </Button>
      )}
    </section>
  )
}

function Row({ item, action }: { item: Item; action: Job['action'] }) {
  const { common } = useText()
  return (
    <>
      <span>
        <Badge className="state" variant="light" color={colors[item.outcome]} tt="none" fw={500} radius="sm">
          {item.outcome === 'done' ? jobs.doneAs[action] : jobs.outcomes[item.outcome]}
        </Badge>
      </span>
      <div className={styles.any}>
        <Anchor
          inherit
          fw={500}
          title={visible(item.subject).slice(0, 2000)}
          lineClamp={2}
          renderRoot={(props) => (
            <Link {...props} to="/query/$id" params={{ id: item.message }} search={{}} />
          )}
        >
          <MailText whenEmpty={common.noSubject}>{item.subject}</MailText>
        </Anchor>
        <Text size="xs" c="dimmed" className={styles.any}>
          <MailText whenEmpty={common.nullSender}>{item.sender}</MailText>
        </Text>
      </div>
      <Text inherit className={styles.any}>
        <MailText>{item.text}</MailText>
      </Text>
    </>
  )
}
