/** A deed on everything that matches: says first what it would do, asks for a word, then starts a job and shows it. */
import { Alert, List, Skeleton, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { FilterText } from '../../../src/api/search.ts'
import { type AnswerOf, type ApiError, call } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { count } from '../../text/plural.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText } from '../../ui/MailText.tsx'

type Preview = AnswerOf<'previewJob'>

export interface EverythingDialogProps {
  action: 'release' | 'delete'
  criteria: FilterText
  onClose: () => void
}

const namedLimit = 8

/** Mount it to open it. */
export function EverythingDialog({ action, criteria, onClose }: EverythingDialogProps) {
  const { query, common } = useText()
  const navigate = useNavigate()
  const preview = useQuery<Preview, ApiError>({
    queryKey: ['previewJob', action, criteria],
    queryFn: ({ signal }) => call('previewJob', { body: { action, criteria } }, signal),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const start = useDeed('startJob', ['jobs'])
  const found = preview.data
  const possible = found !== undefined && found.messages > 0 && !found.tooMany
  const word = action === 'release' ? query.job.releaseWord : query.job.deleteWord
  const begin = () => {
    if (!found || !possible) return onClose()
    start.mutate(
      { body: { action, criteria, asOf: found.asOf, messages: found.messages } },
      { onSuccess: ({ id }) => void navigate({ to: '/jobs/$id', params: { id }, search: {} }) },
    )
  }
  return (
    <Confirm
      opened
      title={action === 'release' ? query.job.releaseTitle : query.job.deleteTitle}
      confirmLabel={
        !possible
          ? common.close
          : action === 'release'
            ? query.job.startRelease(found.messages)
            : query.job.startDelete(found.messages)
      }
      danger={possible && action === 'delete'}
      busy={start.isPending}
      toldOnly={found !== undefined && !possible}
      {...(possible ? { typed: { word, label: query.job.type(word) } } : {})}
      onConfirm={begin}
      onClose={onClose}
    >
      {preview.isPending && (
        <Stack gap="xs" mih={120} role="status" aria-label={query.job.counting}>
          <Text size="sm" c="dimmed">
            {query.job.counting}
          </Text>
          <Skeleton h={14} />
          <Skeleton h={14} w="80%" />
          <Skeleton h={14} w="60%" />
        </Stack>
      )}
      {preview.error && <Failure error={preview.error} retry={() => void preview.refetch()} />}
      {found && <Found found={found} />}
      {start.error && <Failure error={start.error} retry={() => void preview.refetch()} />}
    </Confirm>
  )
}

function Found({ found }: { found: Preview }) {
  const { query } = useText()
  const { action, messages, recipients, left } = found
  const said = [
    left.virus > 0 && query.job.virus(left.virus),
    left.forbidden > 0 && query.job.forbidden(left.forbidden),
    left.nothingHeld > 0 && query.job.nothingHeld(left.nothingHeld),
  ].filter((line) => line !== false)
  return (
    <Stack gap="sm">
      <Text fw={600} role="status">
        {messages === 0
          ? query.job.nothing
          : action === 'release'
            ? query.job.releases(messages, recipients)
            : query.job.deletes(messages, recipients)}
      </Text>
      {found.tooMany && (
        <Alert color="red" variant="light" role="alert">
          {query.job.tooMany(found.limit)}
        </Alert>
      )}
      {said.length > 0 && (
        <List size="sm" spacing={4}>
          {said.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      {messages > 0 && (
        <>
          <Counted label={query.job.byReason} rows={found.byReason} />
          <Counted label={query.job.byArea} rows={found.byArea} />
          <Text size="sm" c="dimmed">
            {query.job.later}
          </Text>
        </>
      )}
    </Stack>
  )
}

function Counted({ label, rows }: { label: string; rows: Preview['byReason'] }) {
  const { common } = useText()
  return (
    <Table verticalSpacing={3} fz="sm" withRowBorders={false}>
      <Table.Caption style={{ captionSide: 'top', textAlign: 'start', marginTop: 0 }}>{label}</Table.Caption>
      <Table.Tbody>
        {rows.slice(0, namedLimit).map(({ name, messages }) => (
          <Table.Tr key={name}>
            <Table.Th fw={400} scope="row">
              <MailText>{name}</MailText>
            </Table.Th>
            <Table.Td ta="end" style={{ fontVariantNumeric: 'tabular-nums' }}>
              {count(messages)}
            </Table.Td>
          </Table.Tr>
        ))}
        {rows.length > namedLimit && (
          <Table.Tr>
            <Table.Td c="dimmed">{common.more(rows.length - namedLimit)}</Table.Td>
          </Table.Tr>
        )}
      </Table.Tbody>
    </Table>
  )
}
