/** The criteria of a job in words: names and values, those that leave out with a "not". */
import { jobs } from '../../text/en/jobs.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { type Times, useTimes } from '../../ui/times.tsx'
import styles from './jobs.module.css'

type Criteria = Record<string, string>

interface Word {
  name: string
  value: string
  excluded: boolean
}

function wordsOf(criteria: Criteria, names: Record<string, string>, times: Times): Word[] {
  return Object.entries(criteria)
    .filter(([name, value]) => value !== '' && name !== 'timeZone')
    .map(([name, value]) => {
      const excluded = /^not[A-Z]/.test(name)
      const field = excluded ? `${name[3]?.toLowerCase()}${name.slice(4)}` : name
      // Whole instants are for programs; words such as 7d stay as they were typed.
      const instant = /^\d{4}-\d\d-\d\dT/.test(value) && (name === 'from' || name === 'to')
      return { name: names[field] ?? field, value: instant ? times.short(value) : value, excluded }
    })
}

export function CriteriaInWords({ criteria }: { criteria: Criteria }) {
  const words = wordsOf(criteria, jobs.fields, useTimes())
  if (words.length === 0) return <>{jobs.allMessages}</>
  return (
    <span
      className={styles.criteria}
      title={words.map(({ name, value }) => `${name}: ${visible(value)}`).join('\n')}
    >
      {words.map(({ name, value, excluded }) => (
        <span key={`${excluded}${name}`} className={styles.criterion}>
          <span className={styles.name}>{excluded ? jobs.not(name.toLowerCase()) : name}</span>{' '}
          <MailText>{value}</MailText>
        </span>
      ))}
    </span>
  )
}
