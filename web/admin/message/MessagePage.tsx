/**
 * Quarantine Query: one message with all its details (S6). What is shown, and the result that it was opened from, stand
 * in the address. It follows what others do, and what becomes of a release, while it is open.
 */
import { Button, Skeleton, Stack, Tabs } from '@mantine/core'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useApi } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { visible } from '../../ui/MailText.tsx'
import { ContentTab, viewIn } from './ContentTab.tsx'
import type { Detail } from './copies.ts'
import { DetailsTab } from './DetailsTab.tsx'
import { HistoryTab } from './HistoryTab.tsx'
import { MessageHead } from './MessageHead.tsx'
import styles from './message.module.css'
import { Purged } from './Purged.tsx'
import { RecipientsTab } from './RecipientsTab.tsx'
import { WalkBar } from './WalkBar.tsx'
import { resultIn, useWalk } from './walk.ts'

const tabs = ['message', 'details', 'recipients', 'history'] as const
type Tab = (typeof tabs)[number]
const tabIn = (text: string | undefined): Tab => tabs.find((one) => one === text) ?? 'message'

export function MessagePage() {
  const { message, common } = useText()
  const { id = '' } = useParams({ strict: false })
  const search: Record<string, string> = useSearch({ strict: false })
  const navigate = useNavigate()
  const result = resultIn(search)
  const walk = useWalk(result, id)
  const detail = useApi('showMessage', { params: { id } })
  const tab = tabIn(search.tab)
  const view = viewIn(search.view)
  const own = {
    ...(tab === 'message' ? {} : { tab }),
    ...(view === 'rendered' ? {} : { view }),
  }
  const show = (what: Record<string, string>) =>
    void navigate({
      to: '/query/$id',
      params: { id },
      search: { ...result, ...own, ...what },
      replace: true,
      resetScroll: false,
    })
  // While the details are on their way, what the result said of it: nothing that could be acted on.
  const known = detail.data ?? walk?.item
  const subject = known ? visible(known.subject) || common.noSubject : message.page
  useEffect(() => {
    document.title = `${subject.slice(0, 200)} · ${common.product}`
  }, [subject, common.product])

  const gone = detail.error?.status === 404
  return (
    <>
      <WalkBar result={result} walk={walk} own={own} />
      {gone ? (
        <Empty title={message.notFoundTitle}>
          <Stack align="center">
            {message.notFoundText}
            <Button
              variant="default"
              renderRoot={(props) => <Link {...props} to="/query" search={result ?? {}} />}
            >
              {result ? message.toResult : message.toQuery}
            </Button>
          </Stack>
        </Empty>
      ) : detail.error && !detail.data ? (
        <Failure error={detail.error} retry={() => void detail.refetch()} />
      ) : (
        <>
          <MessageHead
            key={id}
            known={known}
            detail={detail.data}
            onRecipients={() => show({ tab: 'recipients' })}
          />
          <Tabs
            value={tab}
            onChange={(next) => show({ tab: next === 'message' || next === null ? '' : next })}
            keepMounted={false}
            mt="lg"
          >
            <Tabs.List aria-label={message.tabs.label} mb="md" className={styles.tabs}>
              {tabs.map((one) => (
                <Tabs.Tab key={one} value={one} className={styles.tab}>
                  {message.tabs[one]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {tabs.map((one) => (
              <Tabs.Panel key={one} value={one}>
                {detail.data ? (
                  <Panel
                    key={id}
                    tab={one}
                    detail={detail.data}
                    view={view}
                    onView={(next) => show({ view: next === 'rendered' ? '' : next })}
                  />
                ) : (
                  <Skeleton h="50vh" radius="md" />
                )}
              </Tabs.Panel>
            ))}
          </Tabs>
        </>
      )}
    </>
  )
}

interface PanelProps {
  tab: Tab
  detail: Detail
  view: ReturnType<typeof viewIn>
  onView: (view: ReturnType<typeof viewIn>) => void
}

function Panel({ tab, detail, view, onView }: PanelProps) {
  switch (tab) {
    case 'message':
      return detail.purgedAt === null ? (
        <ContentTab detail={detail} view={view} onView={onView} />
      ) : (
        <Purged detail={detail} at={detail.purgedAt} />
      )
    case 'details':
      return <DetailsTab detail={detail} />
    case 'recipients':
      return <RecipientsTab detail={detail} />
    case 'history':
      return <HistoryTab detail={detail} />
  }
}
