/** Saved searches. */
import type { Actor } from '../../access/actor.ts'
import { dropSearch, saveSearch, searchesFor } from '../../access/searches.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { iso, readId } from '../../api/views.ts'
import { formatId } from '../../store/ids.ts'
import type { SearchOfAccount } from '../../store/searches.ts'
import type { Handlers, Parts } from '../parts.ts'

export function searchHandlers({ ctx }: Parts): Handlers<'listSearches' | 'saveSearch' | 'dropSearch'> {
  return {
    listSearches: async ({ actor }) => ({
      items: (await searchesFor(ctx, actor)).map((row) => searchView(row, actor)),
    }),
    saveSearch: async ({ actor, body }) => searchView(await saveSearch(ctx, actor, body), actor),
    async dropSearch({ actor, params }) {
      await dropSearch(ctx, actor, readId(params.id))
    },
  }
}

const searchView = (row: SearchOfAccount, actor: Actor): AnswerOf<'saveSearch'> => ({
  id: formatId(row.id),
  name: row.name,
  query: row.query,
  shared: row.shared === 1,
  owner: row.owner,
  own: row.owner === actor.name,
  createdAt: iso(row.created_at),
})
