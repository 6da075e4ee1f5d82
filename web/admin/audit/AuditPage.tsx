/** The audit log: criteria in the address, the newest first, older ones on demand; verify the chain, export. */
import { Button, Paper, Skeleton, Stack } from '@mantine/core'
import { IconDownload, IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { parseInstant } from '../../../src/api/dates.ts'
import { type ApiError, call, type InputOf, urlOf } from '../../api/client.ts'
import { useApi } from '../../api/hooks.ts'
import { audit } from '../../text/en/audit.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { useTimeZone } from '../../ui/times.tsx'
import { AuditCriteria, type Criteria, criteriaOf } from './AuditCriteria.tsx'
import { AuditRows } from './AuditRows.tsx'
import { Verified } from './Verified.tsx'

const rows = 50

export function AuditPage() {
  const navigate = useNavigate()
  const zone = useTimeZone()
  const criteria = criteriaOf(useSearch({ strict: false }))
  const query = { ...criteria, ...instants(criteria, zone) }
  const list = useInfiniteQuery({
    queryKey: ['listAudit', query],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      call(
        'listAudit',
        { query: { ...query, limit: rows, ...(pageParam ? { before: pageParam } : {}) } as AuditQuery },
        signal,
      ),
    getNextPageParam: (page) => page.nextBefore ?? undefined,
  })
  const report = useApi('verifyAudit', {}, { enabled: false })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  const show = (wanted: Criteria) => void navigate({ to: '/audit', search: wanted })
  return (
    <Page
      title={audit.title}
      lead={audit.lead}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={16} />}
            loading={report.isFetching}
            onClick={() => void report.refetch()}
          >
            {audit.verify}
          </Button>
          <Button
            component="a"
            href={urlOf('exportAudit', { query } as InputOf<'exportAudit'>)}
            variant="default"
            leftSection={<IconDownload size={16} />}
          >
            {audit.export}
          </Button>
        </>
      }
    >
      <Stack gap="md">
        {report.error && <Failure error={report.error} />}
        {report.data && <Verified report={report.data} />}
        <AuditCriteria key={JSON.stringify(criteria)} criteria={criteria} onShow={show} />
        {list.error && <Failure error={list.error as ApiError} retry={() => void list.refetch()} />}
        <Paper withBorder>
          {list.isPending && (
            <Stack p="md" gap="sm">
              {Array.from({ length: 8 }, (_, n) => (
                <Skeleton key={String(n)} height={24} />
              ))}
            </Stack>
          )}
          {list.data && items.length === 0 && <Empty title={audit.none}>{audit.noneText}</Empty>}
          {items.length > 0 && <AuditRows items={items} />}
        </Paper>
        {list.hasNextPage && (
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
            style={{ alignSelf: 'center' }}
          >
            {audit.more}
          </Button>
        )}
      </Stack>
    </Page>
  )
}

type AuditQuery = NonNullable<InputOf<'listAudit'>['query']>

/** Days in the address are the viewer's; the API takes instants. As `to` a day is included. */
function instants({ from, to }: Criteria, timeZone: string): Criteria {
  const at = (day: string, field: 'from' | 'to') =>
    new Date(parseInstant(day, field, { now: Date.now(), timeZone })).toISOString()
  return { ...(from ? { from: at(from, 'from') } : {}), ...(to ? { to: at(to, 'to') } : {}) }
}
