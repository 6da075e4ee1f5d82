/** The quarantine areas: what each is for, how long it keeps mail, who may release, and what lies in it. Live. */
import { Code, Skeleton, Stack, Text } from '@mantine/core'
import { IconFolders } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { type AnswerOf, type ApiError, call } from '../../api/client.ts'
import type { Changeable } from '../../api/hooks.ts'
import { useRenewal } from '../../api/live.ts'
import { useText } from '../../text/index.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { Time } from '../../ui/times.tsx'
import { AreaTable } from './AreaTable.tsx'

const shown: readonly Changeable[] = ['held', 'messages', 'areas']
const pauseMs = 5000

export function AreasPage() {
  const { areas } = useText()
  // Not under the route's name: counting is dear, and mail comes in all the time.
  const list = useQuery<AnswerOf<'listAreas'>, ApiError>({
    queryKey: ['areas'],
    queryFn: ({ signal }) => call('listAreas', {}, signal),
    staleTime: 0,
  })
  const { refetch } = list
  useRenewal(
    shown,
    pauseMs,
    useCallback(() => refetch(), [refetch]),
  )
  return (
    <Page title={areas.title} lead={areas.lead}>
      <Stack gap="md">
        {list.error && <Failure error={list.error} retry={() => void refetch()} />}
        {list.isPending && <Skeleton height={420} />}
        {list.data?.items.length === 0 && (
          <Empty title={areas.none} icon={<IconFolders />}>
            {areas.noneText}
          </Empty>
        )}
        {list.data && list.data.items.length > 0 && <AreaTable items={list.data.items} />}
        <Text size="sm" c="dimmed">
          {areas.where}
          <Code>{areas.whereTable}</Code>
          {areas.whereRest}
          {list.data?.items.some(({ messages }) => messages !== null) && (
            <>
              {' '}
              {areas.counted} <Time at={list.data.countedAt} />.
            </>
          )}
        </Text>
      </Stack>
    </Page>
  )
}
