/** One user's digest: by which schedule it comes, what would be sent now, and sending it by hand. */
import { Anchor, Button, Group, Paper, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core'
import { IconArrowLeft, IconMailCheck } from '@tabler/icons-react'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { urlOf } from '../../api/client.ts'
import { useApi, useDeed } from '../../api/hooks.ts'
import { useMay } from '../../api/session.ts'
import { digests } from '../../text/en/digests.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailFrame } from '../../ui/MailFrame.tsx'
import { MailText, visible, visibleLines } from '../../ui/MailText.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { Page } from '../../ui/Page.tsx'
import { Time } from '../../ui/times.tsx'
import { scheduleOf } from './DigestUsers.tsx'
import classes from './digests.module.css'
import { languageName } from './schedule.ts'

export function DigestPage() {
  const { id = '' } = useParams({ strict: false })
  const search: Record<string, string> = useSearch({ strict: false })
  const manages = useMay('user.manage')
  const found = useApi('showUserDigest', { params: { id } })
  const everything = search.all === '1'
  const user = found.data
  return (
    <>
      <Anchor
        size="sm"
        className={classes.back ?? ''}
        renderRoot={(props) => <Link {...props} to="/digests" search={{}} />}
      >
        <IconArrowLeft size={16} aria-hidden /> {digests.back}
      </Anchor>
      <Page
        title={user ? visible(user.name).slice(0, 100) : digests.title}
        lead={manages ? digests.oneLead : undefined}
        actions={
          manages && user && !user.disabled && <Send id={id} name={user.name} everything={everything} />
        }
      >
        <Stack gap="md">
          {found.error && <Failure error={found.error} retry={() => void found.refetch()} />}
          {found.isPending && <Skeleton height={120} radius="md" />}
          {user && (
            <Paper withBorder p="lg">
              <dl className={classes.figures}>
                <div>
                  <dt>{digests.schedule}</dt>
                  <dd>{scheduleOf(user, digests)}</dd>
                </div>
                <div>
                  <dt>{digests.zone}</dt>
                  <dd>{user.timeZone}</dd>
                </div>
                <div>
                  <dt>{digests.language}</dt>
                  <dd>{languageName(user.language)}</dd>
                </div>
                <div>
                  <dt>{digests.last}</dt>
                  <dd>{user.sentAt === null ? digests.none : <Time at={user.sentAt} />}</dd>
                </div>
                <div>
                  <dt>{digests.next}</dt>
                  <dd>{user.nextAt === null ? digests.none : <Time at={user.nextAt} />}</dd>
                </div>
              </dl>
            </Paper>
          )}
          {user && !user.disabled && manages && <Preview id={id} everything={everything} />}
        </Stack>
      </Page>
    </>
  )
}

const pressed = (yes: boolean) => (yes ? '1' : '0')

function Preview({ id, everything }: { id: string; everything: boolean }) {
  const navigate = useNavigate()
  const [asText, setAsText] = useState(false)
  const query = everything ? ({ everything: 'true' } as const) : {}
  const { data, error, refetch } = useApi('previewDigest', { params: { id }, query }, { staleTime: 0 })
  return (
    <>
      <Group gap="sm">
        <SegmentedControl
          aria-label={digests.what}
          value={pressed(everything)}
          onChange={(all) =>
            void navigate({
              to: '/digests/$id',
              params: { id },
              search: all === '1' ? { all } : {},
              replace: true,
            })
          }
          data={[
            { value: '0', label: digests.onlyNew },
            { value: '1', label: digests.everything },
          ]}
          classNames={{ label: classes.touch }}
        />
        <SegmentedControl
          aria-label={digests.how}
          value={pressed(asText)}
          onChange={(text) => setAsText(text === '1')}
          data={[
            { value: '0', label: digests.html },
            { value: '1', label: digests.text },
          ]}
          classNames={{ label: classes.touch }}
        />
      </Group>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height="50vh" radius="md" />}
      {data?.isEmpty && (
        <Paper withBorder>
          <Empty title={digests.empty} icon={<IconMailCheck />}>
            {digests.emptyText}
          </Empty>
        </Paper>
      )}
      {data && !data.isEmpty && (
        <Stack gap="xs">
          <Text size="sm">
            <Text span inherit c="dimmed">
              {digests.subject}:
            </Text>{' '}
            <MailText>{data.subject}</MailText>
          </Text>
          {asText ? (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
            <section className={classes.text} tabIndex={0} aria-label={digests.frame}>
              {visibleLines(data.text)}
            </section>
          ) : (
            <MailFrame
              title={digests.frame}
              content={{ text: data.text, hasHtml: true }}
              src={() => urlOf('renderDigest', { params: { id }, query })}
            />
          )}
        </Stack>
      )}
    </>
  )
}

function Send({ id, name, everything }: { id: string; name: string; everything: boolean }) {
  const [asked, setAsked] = useState(false)
  const send = useDeed('sendDigest', ['digests'])
  const shown = visible(name).slice(0, 100)
  const go = () =>
    send.mutate(
      { params: { id }, body: { everything } },
      {
        onSuccess: ({ isSent }) => tellDone(isSent ? digests.isSent(shown) : digests.notSent),
        onError: tellFailure,
        onSettled: () => setAsked(false),
      },
    )
  return (
    <>
      <Button onClick={() => setAsked(true)}>{digests.send}</Button>
      <Confirm
        opened={asked}
        title={digests.sendTitle(shown)}
        confirmLabel={digests.send}
        busy={send.isPending}
        onClose={() => setAsked(false)}
        onConfirm={go}
      >
        <Text size="sm">{digests.sendText}</Text>
      </Confirm>
    </>
  )
}
