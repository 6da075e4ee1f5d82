/** API keys: the own ones, or those of all accounts for an administrator; making and revoking them. */
import { Box, Button, Checkbox, Skeleton, Text } from '@mantine/core'
import { useState } from 'react'
import { useApi, useDeed } from '../../api/hooks.ts'
import { keys } from '../../text/en/you.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { Section } from '../../ui/Section.tsx'
import { type ApiKey, KeyTable, stateOf } from './KeyTable.tsx'
import { NewKey } from './NewKey.tsx'

export function Keys({ all = false }: { all?: boolean }) {
  const list = useApi('listKeys', all ? { query: { all: 'true' } } : {})
  const revoke = useDeed('revokeKey', ['keys'])
  const [creating, setCreating] = useState(false)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const [withEnded, setWithEnded] = useState(false)
  const items = list.data?.items ?? []
  const shown = withEnded ? items : items.filter((key) => stateOf(key) === 'active')

  const doRevoke = (key: ApiKey) =>
    revoke.mutate(
      { params: { id: key.id } },
      {
        onSuccess: () => tellDone(keys.revoked(key.name)),
        onError: tellFailure,
        onSettled: () => setRevoking(null),
      },
    )

  return (
    <Section
      title={all ? keys.allTitle : keys.title}
      lead={keys.lead}
      action={
        !all && (
          <Button variant="default" onClick={() => setCreating(true)}>
            {keys.create}
          </Button>
        )
      }
    >
      {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <Skeleton height={72} />}
      {list.data && shown.length === 0 && (
        <Text size="sm" c="dimmed">
          {all ? keys.noneAtAll : keys.none}
        </Text>
      )}
      {shown.length > 0 && <KeyTable items={shown} withOwner={all} onRevoke={setRevoking} />}
      {items.some((key) => stateOf(key) !== 'active') && (
        <Box>
          <Checkbox
            size="sm"
            label={keys.showEnded}
            checked={withEnded}
            onChange={(event) => setWithEnded(event.currentTarget.checked)}
          />
        </Box>
      )}
      <NewKey opened={creating} onClose={() => setCreating(false)} />
      <Confirm
        opened={revoking !== null}
        title={keys.revokeTitle}
        confirmLabel={keys.revoke}
        danger
        busy={revoke.isPending}
        onClose={() => setRevoking(null)}
        onConfirm={() => revoking && doRevoke(revoking)}
      >
        <Text size="sm">{keys.revokeText(revoking?.name ?? '')}</Text>
      </Confirm>
    </Section>
  )
}
