/** The Deferred tab: released mail that the next hop did not take yet, in its own words; try now, or give up. */
import { Button, Checkbox, Group, Skeleton, Stack, Table, Text } from '@mantine/core'
import { IconCircleCheck, IconPlayerTrackNext, IconX } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useMemo, useState } from 'react'
import { type AnswerOf, type ApiError, call } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { useMay } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { Time } from '../../ui/times.tsx'
import classes from './query.module.css'

type Page = AnswerOf<'listDeliveries'>
type Delivery = Page['items'][number]

const perCall = 500
const pagesUnasked = 20

export function Deferred() {
  const { query } = useText()
  const pages = useInfiniteQuery<Page, ApiError>({
    queryKey: ['listDeliveries', { deferred: true }],
    queryFn: ({ pageParam, signal }) =>
      call(
        'listDeliveries',
        { query: { state: 'due', limit: perCall, cursor: pageParam as string | undefined } },
        signal,
      ),
    initialPageParam: undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
  const items = useMemo(
    () =>
      pages.data?.pages.flatMap((page) => page.items).filter(({ attemptCount }) => attemptCount > 0) ?? [],
    [pages.data],
  )
  const { hasNextPage, isFetching, fetchNextPage } = pages
  const looked = pages.data?.pages.length ?? 0
  // Those at their first attempt come before them.
  useEffect(() => {
    if (items.length === 0 && hasNextPage && !isFetching && looked < pagesUnasked) void fetchNextPage()
  }, [items.length, hasNextPage, isFetching, fetchNextPage, looked])
  if (pages.error && !pages.data) return <Failure error={pages.error} retry={() => void pages.refetch()} />
  if (!pages.data) return <Skeleton h={240} />
  return (
    <Stack gap="sm">
      {items.length === 0 && !pages.hasNextPage ? (
        <Empty title={query.deferred.none} icon={<IconCircleCheck />}>
          {query.deferred.noneText}
        </Empty>
      ) : (
        <Waiting items={items} />
      )}
      {pages.hasNextPage && (
        <Button
          variant="default"
          loading={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
          style={{ alignSelf: 'center' }}
        >
          {query.deferred.more}
        </Button>
      )}
    </Stack>
  )
}

function Waiting({ items }: { items: readonly Delivery[] }) {
  const { query } = useText()
  const mayChange = useMay('delivery.change')
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [asking, setAsking] = useState(false)
  const retry = useDeed('retryDeliveries', ['deliveries', 'messages'])
  const giveUp = useDeed('cancelDeliveries', ['deliveries', 'messages'])
  const chosen = items.filter(({ id }) => ticked.has(id)).map(({ id }) => id)
  const told =
    (words: (n: number) => string) =>
    ({ results }: AnswerOf<'retryDeliveries'>) => {
      const done = results.filter(({ result }) => result === 'done').length
      setTicked(new Set())
      setAsking(false)
      if (done > 0) tellDone(words(done))
      else tellFailure(new Error(results[0]?.text ?? query.deferred.refused))
    }
  const tick = (id: string, on: boolean) => {
    const next = new Set(ticked)
    if (on) next.add(id)
    else next.delete(id)
    setTicked(next)
  }
  return (
    <>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="dimmed">
          {query.deferred.lead}
        </Text>
        {mayChange && (
          <Group gap="xs">
            <Button
              disabled={chosen.length === 0}
              loading={retry.isPending}
              leftSection={<IconPlayerTrackNext size={16} aria-hidden />}
              onClick={() =>
                retry.mutate(
                  { body: { ids: chosen } },
                  { onSuccess: told(query.deferred.retried), onError: tellFailure },
                )
              }
            >
              {query.deferred.retry}
            </Button>
            <Button
              variant="default"
              disabled={chosen.length === 0}
              leftSection={<IconX size={16} aria-hidden />}
              onClick={() => setAsking(true)}
            >
              {query.deferred.giveUp}
            </Button>
          </Group>
        )}
      </Group>
      <Table className={classes.deferred} verticalSpacing={6} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            {mayChange && (
              <Table.Th w={40}>
                <Checkbox
                  aria-label={query.deferred.tickAll}
                  checked={chosen.length === items.length}
                  indeterminate={chosen.length > 0 && chosen.length < items.length}
                  onChange={() =>
                    setTicked(new Set(chosen.length === items.length ? [] : items.map(({ id }) => id)))
                  }
                />
              </Table.Th>
            )}
            <Table.Th>{query.deferred.recipient}</Table.Th>
            <Table.Th>{query.deferred.subject}</Table.Th>
            <Table.Th w={136}>{query.deferred.since}</Table.Th>
            <Table.Th w={86} ta="end">
              {query.deferred.attempts}
            </Table.Th>
            <Table.Th w={136}>{query.deferred.next}</Table.Th>
            <Table.Th w="30%">{query.deferred.words}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((delivery) => (
            <DeferredRow
              key={delivery.id}
              delivery={delivery}
              tickable={mayChange}
              ticked={ticked.has(delivery.id)}
              onTick={tick}
            />
          ))}
        </Table.Tbody>
      </Table>
      <Confirm
        opened={asking}
        title={query.deferred.giveUpTitle}
        confirmLabel={query.deferred.giveUp}
        danger
        busy={giveUp.isPending}
        onClose={() => setAsking(false)}
        onConfirm={() =>
          giveUp.mutate(
            { body: { ids: chosen } },
            { onSuccess: told(query.deferred.givenUp), onError: tellFailure },
          )
        }
      >
        <Text size="sm">{query.deferred.giveUpText(chosen.length)}</Text>
      </Confirm>
    </>
  )
}

interface DeferredRowProps {
  delivery: Delivery
  tickable: boolean
  ticked: boolean
  onTick: (id: string, on: boolean) => void
}

function DeferredRow({ delivery, tickable, ticked, onTick }: DeferredRowProps) {
  const { query, common } = useText()
  const { id, recipient, subject, message, createdAt, attemptCount, nextAttemptAt, lastAttempt } = delivery
  const words = lastAttempt
    ? [lastAttempt.code ?? '', lastAttempt.status, lastAttempt.reply].filter((word) => word !== '').join(' ')
    : ''
  return (
    <Table.Tr>
      {tickable && (
        <Table.Td data-tick>
          <Checkbox
            aria-label={query.deferred.tick(visible(recipient))}
            checked={ticked}
            onChange={(event) => onTick(id, event.currentTarget.checked)}
          />
        </Table.Td>
      )}
      <Table.Td className="cut" title={visible(recipient)}>
        <MailText>{recipient}</MailText>
      </Table.Td>
      <Table.Td className="cut" title={visible(subject)}>
        <Link to="/query/$id" params={{ id: message }} search={{}} className={classes.link}>
          <MailText whenEmpty={common.noSubject}>{subject}</MailText>
        </Link>
      </Table.Td>
      <Table.Td data-label={query.deferred.since}>
        <Time at={createdAt} style="relative" />
      </Table.Td>
      <Table.Td
        ta={{ base: 'start', sm: 'end' }}
        data-label={query.deferred.attempts}
        style={{ fontVariantNumeric: 'tabular-nums' }}
      >
        {attemptCount}
      </Table.Td>
      <Table.Td data-label={query.deferred.next}>
        {nextAttemptAt && <Time at={nextAttemptAt} style="relative" />}
      </Table.Td>
      <Table.Td title={visible(words)}>
        <Text size="sm" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
          <MailText>{words}</MailText>
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}
