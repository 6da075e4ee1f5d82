/** The Quarantine tab: criteria above, their result below, both as the address says. */
import { Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useRef } from 'react'
import type { FilterText } from '../../../src/api/search.ts'
import { useDeed } from '../../api/hooks.ts'
import { useSession } from '../../api/session.ts'
import { tellFailure } from '../../ui/notify.tsx'
import { useTimeZone } from '../../ui/times.tsx'
import { criteriaIn, type Order, orderIn, queryOf, type Search, searchOf } from './address.ts'
import { Criteria } from './Criteria.tsx'
import { ResultView } from './ResultView.tsx'
import { useDraft } from './useDraft.ts'
import { useResult } from './useResult.ts'

export function Quarantine({ onKeys }: { onKeys: () => void }) {
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const zone = useTimeZone()
  const { preferences } = useSession()
  const remember = useDeed('setPreferences', ['session'])
  const box = useRef<HTMLInputElement>(null)
  const { criteria, order, asked } = useMemo(() => {
    const read = { criteria: criteriaIn(search), order: orderIn(search, preferences.rowsPerPage) }
    return { ...read, asked: queryOf(read.criteria, read.order, zone) }
  }, [search, preferences.rowsPerPage, zone])
  const draft = useDraft(criteria, zone)
  const client = useQueryClient()
  const result = useResult(asked)
  // Rows stand in the address only when it came with them: otherwise everybody has his own.
  const limit = search.limit === undefined ? undefined : order.limit

  const go = (wanted: FilterText, changes: Partial<Order>, scroll = false) => {
    const next = searchOf(wanted, changes)
    if (JSON.stringify(next) === JSON.stringify(searchOf(criteria, { ...order, limit })))
      return void result.again()
    void navigate({ to: '/query', search: next, resetScroll: scroll })
  }
  const display = () => {
    const wanted = draft.finish()
    // Whoever asks wants what there is now, not what was kept from asking the same before.
    client.removeQueries({ queryKey: ['result'], type: 'inactive' })
    if (wanted) go(wanted, { ...order, limit, page: 1 })
    else box.current?.focus()
  }
  const reset = () => {
    draft.clear()
    go({}, { limit })
  }
  const reorder = (changes: Partial<Order>) => {
    if (changes.limit !== undefined)
      remember.mutate({ body: { rowsPerPage: Math.max(10, changes.limit) } }, { onError: tellFailure })
    go(criteria, { ...order, limit, page: 1, ...changes })
  }
  const toBox = useCallback(() => {
    box.current?.focus()
    box.current?.select()
  }, [])
  return (
    <Stack gap="sm">
      <Criteria
        draft={draft}
        busy={result.answer.isFetching}
        boxRef={box}
        onDisplay={display}
        onReset={reset}
      />
      <ResultView
        result={result}
        criteria={criteria}
        order={order}
        query={asked}
        onSearch={(wanted) => go(wanted, { ...order, limit, page: 1 })}
        onOrder={reorder}
        onKeys={onKeys}
        onBox={toBox}
      />
    </Stack>
  )
}
