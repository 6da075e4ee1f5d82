/** All jobs, the newest first: what each does, to what, on whose order, and how far it is. Which page stands in the address. */
import { Button, Group, Paper, Skeleton, Text } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { Link, useSearch } from '@tanstack/react-router'
import { useApi } from '../../api/hooks.ts'
import { jobs } from '../../text/en/jobs.ts'
import { Empty } from '../../ui/Empty.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText } from '../../ui/MailText.tsx'
import { Page } from '../../ui/Page.tsx'
import { Time } from '../../ui/times.tsx'
import { CriteriaInWords } from './criteria.tsx'
import { type Job, JobBar, JobState } from './JobProgress.tsx'
import styles from './jobs.module.css'

const jobsPerPage = 20

export function JobsPage() {
  const { before }: Record<string, string> = useSearch({ strict: false })
  const list = useApi('listJobs', { query: { limit: jobsPerPage, before } }, { keepPrevious: true })
  return (
    <Page title={jobs.title} lead={jobs.lead}>
      {list.error && !list.data ? (
        <Failure error={list.error} retry={() => void list.refetch()} />
      ) : !list.data ? (
        <Skeleton h={240} radius="md" />
      ) : list.data.items.length === 0 ? (
        <Empty title={jobs.none} icon={<IconListCheck />}>
          {jobs.noneText}
          <br />
          <Button
            variant="default"
            mt="md"
            renderRoot={(props) => <Link {...props} to="/query" search={{}} />}
          >
            {jobs.toQuery}
          </Button>
        </Empty>
      ) : (
        <>
          <Paper withBorder style={{ overflow: 'hidden' }}>
            <ul className={styles.list} aria-label={jobs.list}>
              {list.data.items.map((job) => (
                <li key={job.id}>
                  <Row job={job} />
                </li>
              ))}
            </ul>
          </Paper>
          <Pages before={before} items={list.data.items} />
        </>
      )}
    </Page>
  )
}

function Pages({ before, items }: { before: string | undefined; items: readonly Job[] }) {
  const last = items.at(-1)
  return (
    <Group mt="md" gap="xs">
      {before !== undefined && (
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/jobs" search={{}} />}>
          {jobs.newest}
        </Button>
      )}
      {items.length === jobsPerPage && last && (
        <Button
          variant="default"
          renderRoot={(props) => <Link {...props} to="/jobs" search={{ before: last.id }} />}
        >
          {jobs.older}
        </Button>
      )}
    </Group>
  )
}

function Row({ job }: { job: Job }) {
  return (
    <Link to="/jobs/$id" params={{ id: job.id }} search={{}} className={styles.job}>
      <Group gap="4px 8px">
        <Text fw={600}>{jobs.actions[job.action]}</Text>
        <JobState state={job.state} />
      </Group>
      <div className={styles.any}>
        <Text size="sm" component="div">
          <CriteriaInWords criteria={job.criteria} />
        </Text>
        <Text size="xs" c="dimmed" component="div">
          {jobs.who} <MailText>{job.createdBy}</MailText>, <Time at={job.createdAt} />
        </Text>
      </div>
      <div>
        <Text size="xs" c="dimmed" mb={4} style={{ fontVariantNumeric: 'tabular-nums' }}>
          {jobs.worked(job.worked, job.messages)}
        </Text>
        <JobBar job={job} />
      </div>
    </Link>
  )
}
