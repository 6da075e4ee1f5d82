/** The Query page: one tab for each queue that there is. Quarantine comes first. */
import { ActionIcon, Skeleton, Tabs, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconKeyboard } from '@tabler/icons-react'
import { Navigate, useNavigate, useSearch } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useMay } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { Page } from '../../ui/Page.tsx'
import { criteriaIn, orderIn, type Search, searchOf } from './address.ts'
import { Deferred, KeysHelp } from './later.ts'
import { Quarantine } from './Quarantine.tsx'
import { SavedSearches } from './SavedSearches.tsx'

/** Who decides on requests only finds no other mail. */
export function QueryPage() {
  return useMay('message.find') ? <Queues /> : <Navigate to="/requests" search={{}} replace />
}

function Queues() {
  const { query } = useText()
  const search: Search = useSearch({ strict: false })
  const navigate = useNavigate()
  const [keys, showKeys] = useDisclosure()
  const tab = search.tab === 'deferred' ? 'deferred' : 'quarantine'
  const { page: _, limit: __, ...order } = orderIn(search, 50)
  return (
    <Page
      title={query.title}
      actions={
        <>
          <Tooltip label={query.keys.open}>
            <ActionIcon
              variant="default"
              size={36}
              aria-label={query.keys.open}
              onClick={showKeys.open}
              visibleFrom="sm"
            >
              <IconKeyboard size={18} />
            </ActionIcon>
          </Tooltip>
          <SavedSearches search={tab === 'quarantine' ? searchOf(criteriaIn(search), order) : null} />
        </>
      }
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(value) =>
          void navigate({ to: '/query', search: value === 'deferred' ? { tab: 'deferred' } : {} })
        }
      >
        <Tabs.List mb="md" aria-label={query.queues}>
          <Tabs.Tab value="quarantine">{query.tabs.quarantine}</Tabs.Tab>
          <Tabs.Tab value="deferred">{query.tabs.deferred}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="quarantine">
          <Quarantine onKeys={showKeys.open} />
        </Tabs.Panel>
        <Tabs.Panel value="deferred">
          <Suspense fallback={<Skeleton h={240} />}>
            <Deferred />
          </Suspense>
        </Tabs.Panel>
      </Tabs>
      <Suspense>{keys && <KeysHelp onClose={showKeys.close} />}</Suspense>
    </Page>
  )
}
