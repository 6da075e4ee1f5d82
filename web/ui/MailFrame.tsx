/**
 * A message as it was sent, in a frame of its own that is allowed nothing (no script, no form, no window, no origin). It
 * can not tell how tall it is, so it gets a height that suits its text, scrolls by itself, and can be pulled longer.
 * HTML keeps its white paper in the dark too: its colours were chosen for that.
 */
import { useComputedColorScheme } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import styles from './MailFrame.module.css'

const charsPerLine = { wide: 90, narrow: 38 }
const lineHeightPx = 23

export interface MailFrameProps {
  title: string
  content: { text: string; hasHtml: boolean }
  /** Where the page of the message is, for plain text on light or on dark paper. */
  src: (theme: 'light' | 'dark') => string
}

export function MailFrame({ title, content, src }: MailFrameProps) {
  const scheme = useComputedColorScheme('light')
  const address = src(content.hasHtml ? 'light' : scheme)
  const perLine = useMediaQuery('(max-width: 48em)') ? charsPerLine.narrow : charsPerLine.wide
  const lines = content.text
    .split('\n')
    .reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / perLine)), 0)
  // Of HTML the text is only part: its pictures and spaces take room too.
  const height = `min(65vh, ${content.hasHtml ? Math.max(320, lines * 2 * lineHeightPx) : lines * lineHeightPx + 56}px)`
  return (
    <div className={`${styles.paper} ${content.hasHtml ? styles.white : ''}`} style={{ height }}>
      <iframe
        key={address}
        className={styles.frame}
        sandbox=""
        referrerPolicy="no-referrer"
        title={title}
        src={address}
      />
    </div>
  )
}
