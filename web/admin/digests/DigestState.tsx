/** When digests run and what became of them, in figures. */
import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AnswerOf } from '../../api/client.ts'
import { digests } from '../../text/en/digests.ts'
import { count } from '../../text/plural.ts'
import { Section } from '../../ui/Section.tsx'
import { Time } from '../../ui/times.tsx'
import classes from './digests.module.css'
import { languageName, often } from './schedule.ts'

export function DigestState({ state }: { state: AnswerOf<'showDigests'> }) {
  const { usual, nextAt, sentAt, waiting, sent, failed, linksOpened, linksUsed, linksOpenedByRobots } = state
  const at = (time: string | null) => (time === null ? digests.none : <Time at={time} />)
  return (
    <Section
      title={digests.state}
      lead={
        usual ? digests.usual(often(usual, digests), usual.timeZone, languageName(usual.language)) : undefined
      }
    >
      <dl className={classes.figures}>
        <Figure label={digests.next}>{at(nextAt)}</Figure>
        <Figure label={digests.last}>{at(sentAt)}</Figure>
        <Figure label={digests.built} hint={digests.builtHint}>
          {count(waiting + sent + failed)}
        </Figure>
        <Figure label={digests.waiting}>{count(waiting)}</Figure>
        <Figure label={digests.sent}>{count(sent)}</Figure>
        <Figure label={digests.failed} bad={failed > 0}>
          {count(failed)}
        </Figure>
        <Figure label={digests.links} hint={digests.linksHint}>
          {count(linksOpened)}
          <Text size="xs" c="dimmed" component="span" display="block" fw={400}>
            {digests.linksText(linksUsed, linksOpenedByRobots)}
          </Text>
        </Figure>
      </dl>
    </Section>
  )
}

interface FigureProps {
  label: string
  hint?: string
  bad?: boolean
  children: ReactNode
}

const Figure = ({ label, hint, bad = false, children }: FigureProps) => (
  <div title={hint}>
    <dt>{label}</dt>
    <dd className={bad ? classes.bad : undefined}>{children}</dd>
  </div>
)
