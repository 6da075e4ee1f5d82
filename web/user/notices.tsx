/**
 * One line at the foot of the screen that says what was done, with the way to undo it, and what becomes of messages that
 * were ordered: it stays until the next one or until it is closed, so that nobody has to be quick.
 */
import { Button, CloseButton, Paper, Text } from '@mantine/core'
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import { useWords } from '../text/user.ts'
import styles from './notices.module.css'

interface Notice {
  text: string
  undo?: () => void
}

interface Notices {
  tell: (text: string, undo?: () => void) => void
  hide: () => void
}

const NoticesContext = createContext<Notices>({ tell: () => undefined, hide: () => undefined })
export const useNotices = (): Notices => useContext(NoticesContext)

export function NoticeBoard({ children }: { children: ReactNode }) {
  const { undo, close } = useWords()
  const [notice, setNotice] = useState<Notice | null>(null)
  const notices = useMemo<Notices>(
    () => ({
      tell: (text, undoIt) => setNotice({ text, ...(undoIt ? { undo: undoIt } : {}) }),
      hide: () => setNotice(null),
    }),
    [],
  )
  return (
    <NoticesContext value={notices}>
      {children}
      <div className={styles.place} role="status">
        {notice && (
          <Paper className={styles.notice ?? ''} shadow="lg" radius="md" data-notice>
            <Text size="sm" className={styles.text ?? ''}>
              {notice.text}
            </Text>
            {notice.undo && (
              <Button
                variant="white"
                color="dark"
                onClick={() => {
                  setNotice(null)
                  notice.undo?.()
                }}
              >
                {undo}
              </Button>
            )}
            <CloseButton
              size="lg"
              variant="transparent"
              c="inherit"
              aria-label={close}
              onClick={notices.hide}
            />
          </Paper>
        )}
      </div>
    </NoticesContext>
  )
}
