/** What whoever looks after the mail asks for on the telephone. The reason is in the words of the server: English. */
import { useWords } from '../../text/user.ts'
import { MailText } from '../../ui/MailText.tsx'
import type { MyMessage } from '../api.ts'
import { useMoments } from '../Moment.tsx'
import styles from './message.module.css'

export function Details({ item: { id, area, explanation, size } }: { item: MyMessage }) {
  const { message } = useWords()
  const moments = useMoments()
  return (
    <details className={styles.details}>
      <summary>{message.details}</summary>
      <dl className={styles.facts}>
        <dt>{message.number}</dt>
        <dd>{id}</dd>
        <dt>{message.area}</dt>
        <dd>
          <MailText>{area}</MailText>
        </dd>
        <dt>{message.rule}</dt>
        <dd lang="en">
          <MailText>{explanation}</MailText>
        </dd>
        <dt>{message.size}</dt>
        <dd>{moments.size(size)}</dd>
      </dl>
    </details>
  )
}
