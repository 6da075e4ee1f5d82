/** Addresses of others that a user looks after: which, and how he gets and gives back one. */
import { byCode, type Delegations } from '../../access/delegations.ts'
import { iso } from '../../api/views.ts'
import { addressesOf } from '../../store/users.ts'
import type { EuqHandlers, EuqParts } from './parts.ts'

type Names = 'showMyDelegations' | 'askForDelegation' | 'useDelegationCode' | 'giveDelegationBack'

export function delegationHandlers({ ctx }: EuqParts, delegations: Delegations): EuqHandlers<Names> {
  return {
    async showMyDelegations({ session }) {
      const rows = await addressesOf(ctx.db.read, [session.user.id])
      const delegated = rows.filter(({ kind }) => kind === 'delegated')
      const byAddress = Map.groupBy(delegated, ({ address_key }) => address_key)
      return {
        mayAsk: delegations.mayAsk(),
        items: [...byAddress.values()].flatMap((told) => {
          const [first] = told
          if (!first) return []
          return {
            address: first.address,
            // What somebody else tells as well would stay.
            byCode: told.every(({ source }) => source === byCode),
            since: iso(Math.min(...told.map(({ added_at }) => added_at))),
          }
        }),
      }
    },
    async askForDelegation({ session, body }) {
      await delegations.ask(session, body.address, body.language)
    },
    useDelegationCode: async ({ session, body }) => ({ address: await delegations.use(session, body.code) }),
    async giveDelegationBack({ session, params }) {
      await delegations.giveBack(session, params.address)
    },
  }
}
