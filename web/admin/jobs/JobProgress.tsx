/** How far a job is: a bar of what was done, refused and failed, and its state in a word. */
import { Badge, Progress } from '@mantine/core'
import type { AnswerOf } from '../../api/client.ts'
import { jobs } from '../../text/en/jobs.ts'

export type Job = AnswerOf<'showJob'>

const stateColors: Record<string, string> = { running: 'blue', stopped: 'gray', done: 'green', failed: 'red' }

export function JobState({ state }: { state: Job['state'] }) {
  return (
    <Badge className="state" variant="light" color={stateColors[state]} tt="none" fw={500} radius="sm">
      {jobs.states[state]}
    </Badge>
  )
}

/** One bar for programs that read it aloud, whatever its pieces. */
export function JobBar({ job, size = 8 }: { job: Job; size?: number }) {
  const { done, refused, failed, worked, messages, action } = job
  const share = (n: number) => (messages === 0 ? 0 : (n / messages) * 100)
  return (
    <div
      role="progressbar"
      aria-label={jobs.progressOf(jobs.actions[action] ?? action)}
      aria-valuemin={0}
      aria-valuemax={messages}
      aria-valuenow={Math.min(worked, messages)}
      aria-valuetext={jobs.worked(worked, messages)}
    >
      <Progress.Root size={size} aria-hidden transitionDuration={200}>
        <Progress.Section value={share(done)} color="green" withAria={false} />
        <Progress.Section value={share(refused)} color="yellow" withAria={false} />
        <Progress.Section value={share(failed)} color="red" withAria={false} />
      </Progress.Root>
    </div>
  )
}
