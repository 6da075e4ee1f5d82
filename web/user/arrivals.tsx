/** Follows messages that were ordered until they have arrived or have not, and says so: never before it is true. */
import { useQueries, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { useWords } from '../text/user.ts'
import { type MyMessage, messagesChanged, my } from './api.ts'
import { standing } from './mail.ts'
import { useNotices } from './notices.tsx'

/** More at a time would be many questions; the list shows how the others stand. */
const followed = 50
const againMs = 2000

interface Arrivals {
  follow: (ids: readonly string[]) => void
}

const ArrivalsContext = createContext<Arrivals>({ follow: () => undefined })
export const useArrivals = (): Arrivals => useContext(ArrivalsContext)

export const isOnItsWay = (message: MyMessage): boolean => standing(message) === 'releasing'
/** How soon something on its way is looked at again; false: nothing is. */
export const soon = (messages: readonly MyMessage[]): number | false =>
  messages.some(isOnItsWay) ? againMs : false

export function ArrivalsKeeper({ children }: { children: ReactNode }) {
  const { deeds } = useWords()
  const client = useQueryClient()
  const { tell } = useNotices()
  const [ids, setIds] = useState<readonly string[]>([])
  const answers = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['showMyMessage', { params: { id } }],
      queryFn: ({ signal }: { signal: AbortSignal }) => my('showMyMessage', { params: { id } }, signal),
      refetchInterval: ({ state }: { state: { data?: MyMessage | undefined } }) =>
        state.data && !isOnItsWay(state.data) ? (false as const) : againMs,
    })),
  })
  const ended = answers.map(({ data, isError, isFetching }) =>
    isError ? 'unknown' : !data || isFetching || isOnItsWay(data) ? null : standing(data),
  )
  const all = ended.length > 0 && ended.every((one) => one !== null)
  const arrived = ended.filter((one) => one === 'delivered').length
  const failed = ended.filter((one) => one === 'release-failed').length
  useEffect(() => {
    if (!all) return
    setIds([])
    const sentences = [
      ...(arrived > 0 ? [deeds.arrived(arrived)] : []),
      ...(failed > 0 ? [deeds.failed(failed)] : []),
    ]
    if (sentences.length > 0) tell(sentences.join(' '))
    void messagesChanged(client)
  }, [all, arrived, failed, deeds, tell, client])
  const arrivals = useMemo<Arrivals>(
    () => ({
      follow: (more) => setIds((before) => [...new Set([...before, ...more])].slice(-followed)),
    }),
    [],
  )
  return <ArrivalsContext value={arrivals}>{children}</ArrivalsContext>
}
