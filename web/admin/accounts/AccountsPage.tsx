/** Accounts of those who use the console, and all API keys: for administrators. */
import { Button, Skeleton, Stack } from '@mantine/core'
import { useState } from 'react'
import { useApi } from '../../api/hooks.ts'
import { useMay } from '../../api/session.ts'
import { accounts } from '../../text/en/accounts.ts'
import { Failure } from '../../ui/Failure.tsx'
import { Page } from '../../ui/Page.tsx'
import { Keys } from '../you/Keys.tsx'
import { type AccountDialog, AccountDialogs } from './AccountDialogs.tsx'
import { AccountTable } from './AccountTable.tsx'
import { NewAccount } from './NewAccount.tsx'

export function AccountsPage() {
  const may = useMay('account.manage')
  const list = useApi('listAccounts', {}, { enabled: may })
  const [creating, setCreating] = useState(false)
  const [dialog, setDialog] = useState<AccountDialog | null>(null)
  return (
    <Page
      title={accounts.title}
      lead={accounts.lead}
      actions={<Button onClick={() => setCreating(true)}>{accounts.create}</Button>}
    >
      <Stack gap="lg">
        {list.error && <Failure error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <Skeleton height={160} />}
        {list.data && <AccountTable items={list.data.items} onChoose={setDialog} />}
        <Keys all />
      </Stack>
      <NewAccount opened={creating} onClose={() => setCreating(false)} />
      <AccountDialogs dialog={dialog} onClose={() => setDialog(null)} />
    </Page>
  )
}
