/** Digests: the last and the next run, what became of them, what does not get through, and every user's schedule. */
import { Paper, Skeleton, Stack } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { useApi } from '../../api/hooks.ts'
import { digests } from '../../text/en/digests.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { DigestState } from './DigestState.tsx'
import { DigestUsers } from './DigestUsers.tsx'
import { Troubles } from './Troubles.tsx'

export function DigestsPage() {
  const { data, error, refetch } = useApi('showDigests', {})
  return (
    <Page title={digests.title} lead={digests.lead}>
      <Stack gap="md">
        {error && <Failure error={error} retry={() => void refetch()} />}
        {!data && !error && <Skeleton height={180} radius="md" />}
        {data && !data.isOn && (
          <Paper withBorder>
            <Empty title={digests.offTitle} icon={<IconMailOff />}>
              {digests.offText}
            </Empty>
          </Paper>
        )}
        {data && (data.isOn || data.sent + data.failed + data.waiting > 0) && <DigestState state={data} />}
        {data && data.troubles.length > 0 && <Troubles items={data.troubles} />}
        {data?.isOn && <DigestUsers />}
      </Stack>
    </Page>
  )
}
