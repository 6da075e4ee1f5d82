/** The header fields of a message, in their order, as they came. */
import { Text } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { visible, visibleLines } from '../../ui/MailText.tsx'
import type { Detail } from './copies.ts'
import styles from './message.module.css'

export function Headers({ detail }: { detail: Detail }) {
  const { message } = useText()
  if (detail.headers.length === 0) return <Text c="dimmed">{message.noHeaders}</Text>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className={`${styles.text} ${styles.source}`} tabIndex={0} aria-label={message.views.headers}>
      {detail.headers.map(({ name, value }, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: fields may come twice, and never change
        <div key={n} dir="auto">
          <Text span inherit fw={600}>
            {visible(name)}:
          </Text>{' '}
          <bdi>{visibleLines(value.trim())}</bdi>
        </div>
      ))}
    </section>
  )
}
