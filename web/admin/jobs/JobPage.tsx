/** One job: how far it is, what it did to each message, and a way to stop it. It follows the job while it is open. */
import { Alert, Button, Group, Paper, Skeleton, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconArrowLeft, IconPlayerStop } from '@tabler/icons-react'
import { Link, useParams } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { useApi, useDeed } from '../../api/hooks.ts'
import { useMay } from '../../api/session.ts'
import { jobs } from '../../text/en/jobs.ts'
import { count } from '../../text/plural.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText } from '../../ui/MailText.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { Page } from '../../ui/Page.tsx'
import { Time } from '../../ui/times.tsx'
import { CriteriaInWords } from './criteria.tsx'
import { JobItems } from './JobItems.tsx'
import { type Job, JobBar, JobState } from './JobProgress.tsx'
import styles from './jobs.module.css'

export function JobPage() {
  const { id = '' } = useParams({ strict: false })
  const job = useApi('showJob', { params: { id } })
  return (
    <>
      <Button
        variant="subtle"
        size="compact-md"
        ml={-8}
        mb="xs"
        leftSection={<IconArrowLeft size={17} aria-hidden />}
        renderRoot={(props) => <Link {...props} to="/jobs" search={{}} />}
      >
        {jobs.toList}
      </Button>
      {job.error?.status === 404 ? (
        <Empty title={jobs.notFoundTitle}>{jobs.notFoundText}</Empty>
      ) : job.error && !job.data ? (
        <Failure error={job.error} retry={() => void job.refetch()} />
      ) : job.data ? (
        <Shown job={job.data} />
      ) : (
        <Skeleton h={300} radius="md" />
      )}
    </>
  )
}

function Shown({ job }: { job: Job }) {
  const mayStop = useMay('message.release')
  const [stopping, setStopping] = useState(false)
  const title = jobs.titleOf[job.action] ?? job.action
  return (
    <Page
      title={title}
      lead={
        <>
          {jobs.who} <MailText>{job.createdBy}</MailText>, <Time at={job.createdAt} />
        </>
      }
      actions={
        job.state === 'running' && mayStop ? (
          <Button
            variant="default"
            h={40}
            leftSection={<IconPlayerStop size={18} aria-hidden />}
            onClick={() => setStopping(true)}
          >
            {jobs.stop}
          </Button>
        ) : undefined
      }
    >
      <Stack gap="md">
        <Paper withBorder p="md" component="section" aria-label={jobs.progress}>
          <Group justify="space-between" mb={8} gap="xs">
            <JobState state={job.state} />
            <Text size="sm" role="status" style={{ fontVariantNumeric: 'tabular-nums' }}>
              {jobs.worked(job.worked, job.messages)}
            </Text>
          </Group>
          <JobBar job={job} size={12} />
          <dl className={`${styles.numbers} ${styles.below}`}>
            <Figure name={jobs.doneAs[job.action] ?? jobs.outcomes.done ?? ''}>{count(job.done)}</Figure>
            <Figure name={jobs.outcomes.refused ?? ''}>{count(job.refused)}</Figure>
            <Figure name={jobs.outcomes.failed ?? ''}>{count(job.failed)}</Figure>
            <Figure name={jobs.recipients}>{count(job.recipients)}</Figure>
          </dl>
        </Paper>
        {job.problem !== null && (
          <Alert color="red" variant="light" icon={<IconAlertTriangle />} title={jobs.problem}>
            <MailText>{job.problem}</MailText>
          </Alert>
        )}
        <Paper withBorder p="md" component="section" aria-label={jobs.criteria}>
          <Text size="sm" c="dimmed" mb={2}>
            {jobs.criteria}
          </Text>
          <CriteriaInWords criteria={job.criteria} />
          {job.note !== '' && (
            <Text size="sm" mt="xs" className={styles.any}>
              {jobs.note}: <MailText>{job.note}</MailText>
            </Text>
          )}
          {job.endedAt !== null && (
            <Text size="sm" mt="xs" c="dimmed">
              {jobs.ended} <Time at={job.endedAt} />
            </Text>
          )}
          <Button
            variant="subtle"
            size="compact-sm"
            mt="xs"
            ml={-8}
            renderRoot={(props) => <Link {...props} to="/query" search={job.criteria} />}
          >
            {jobs.showQuery}
          </Button>
        </Paper>
        <JobItems job={job} />
      </Stack>
      <Stop job={job} opened={stopping && job.state === 'running'} onClose={() => setStopping(false)} />
    </Page>
  )
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Stop({ job, opened, onClose }: { job: Job; opened: boolean; onClose: () => void }) {
  const stop = useDeed('stopJob', ['jobs', 'audit'])
  return (
    <Confirm
      opened={opened}
      title={jobs.stopTitle}
      confirmLabel={jobs.stopConfirm}
      danger
      busy={stop.isPending}
      onClose={onClose}
      onConfirm={() =>
        stop.mutate(
          { params: { id: job.id } },
          {
            onSuccess: ({ state }) => tellDone(state === 'stopped' ? jobs.stopped : jobs.tooLate),
            onError: tellFailure,
            onSettled: onClose,
          },
        )
      }
    >
      <Text size="sm">{jobs.stopText(Math.max(0, job.messages - job.worked))}</Text>
    </Confirm>
  )
}
