/** Accounts and API keys. */
import { changeAccount, createAccount } from '../../access/accounts.ts'
import { createKey, keysFor, revokeKey } from '../../access/keys.ts'
import type { AnswerOf } from '../../api/routes.ts'
import { iso, isoOrNull, readId } from '../../api/views.ts'
import { type AccountOverview, listAccounts } from '../../store/accounts.ts'
import { formatId } from '../../store/ids.ts'
import type { KeyOfAccount } from '../../store/keys.ts'
import type { Handlers, Parts } from '../parts.ts'

type Names = 'listAccounts' | 'createAccount' | 'changeAccount' | 'listKeys' | 'createKey' | 'revokeKey'

export function accountHandlers({ ctx }: Parts): Handlers<Names> {
  return {
    listAccounts: async () => ({ items: (await listAccounts(ctx.db.read)).map(accountView) }),
    createAccount: async ({ actor, body }) => accountView(await createAccount(ctx, actor, body)),
    changeAccount: async ({ actor, params, body }) =>
      accountView(await changeAccount(ctx, actor, params.name, body)),
    listKeys: async ({ actor, query }) => ({
      items: (await keysFor(ctx, actor, query.all === 'true')).map(keyView),
    }),
    async createKey({ actor, caller, body }) {
      const { key, row } = await createKey(ctx, actor, body, caller.session ? null : caller.expiresAt)
      return { ...keyView(row), key }
    },
    async revokeKey({ actor, params }) {
      await revokeKey(ctx, actor, readId(params.id))
    },
  }
}

const accountView = (row: AccountOverview): AnswerOf<'createAccount'> => ({
  name: row.name,
  role: row.role,
  domains: row.domains,
  createdAt: iso(row.created_at),
  disabledAt: isoOrNull(row.disabled_at),
  secondFactor: row.second_factor_at !== null,
  mustChangePassword: row.must_change_password === 1,
})

const keyView = (row: KeyOfAccount): AnswerOf<'listKeys'>['items'][number] => ({
  id: formatId(row.id),
  account: row.account,
  name: row.name,
  role: row.role,
  createdAt: iso(row.created_at),
  expiresAt: isoOrNull(row.expires_at),
  usedAt: isoOrNull(row.used_at),
  revokedAt: isoOrNull(row.revoked_at),
})
