/** Trying deliveries now and giving them up: any number of them, and what became of each. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type AnswerOf, type ApiError, call } from '../../api/client.ts'
import { changed } from '../../api/hooks.ts'
import type { Delivery } from './useDeliveries.ts'

export type Deed = 'retryDeliveries' | 'cancelDeliveries'

export interface Outcome {
  deed: Deed
  results: (AnswerOf<Deed>['results'][number] & { recipient: string })[]
}

/** As many as one call takes. */
const idsAtOnce = 500

export function useHandling() {
  const client = useQueryClient()
  return useMutation<Outcome, ApiError, { deed: Deed; items: readonly Delivery[] }>({
    mutationFn: async ({ deed, items }) => {
      const recipients = new Map(items.map(({ id, recipient }) => [id, recipient]))
      const ids = [...recipients.keys()]
      const results: Outcome['results'] = []
      for (let at = 0; at < ids.length; at += idsAtOnce) {
        const answer = await call(deed, { body: { ids: ids.slice(at, at + idsAtOnce) } })
        results.push(...answer.results.map((one) => ({ ...one, recipient: recipients.get(one.id) ?? '' })))
      }
      return { deed, results }
    },
    onSettled: () => {
      changed(client, ['deliveries', 'messages'])
      return client.invalidateQueries({ queryKey: ['deliveries'] })
    },
  })
}
