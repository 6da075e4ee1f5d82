/** The frame around every page: whose quarantine it is, the pages there are, and the way out. */
import { Button, Container, Group } from '@mantine/core'
import { IconInbox, IconLogout, IconSettings, IconUserCheck } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWords } from '../../text/user.ts'
import { forget, type MySession, my } from '../api.ts'
import { useNotices } from '../notices.tsx'
import { go, rememberList, To, usePlace } from '../place.tsx'
import { plainFailure } from '../Trouble.tsx'
import { Sign } from './Sign.tsx'
import styles from './shell.module.css'

export function Shell({ session, children }: { session: MySession; children: ReactNode }) {
  const text = useWords()
  const { path } = usePlace()
  const entry = (to: string, label: string, icon: ReactNode) => (
    <To
      to={to}
      className={styles.entry ?? ''}
      underline="never"
      aria-current={path === to ? 'page' : undefined}
    >
      {icon}
      <span className={styles.label}>{label}</span>
    </To>
  )
  return (
    <>
      <a className="skip" href="#content">
        {text.skip}
      </a>
      <header className={styles.header}>
        <Container size="xl" className={styles.bar}>
          <Sign />
          <Group gap={4} wrap="nowrap">
            <Group component="nav" gap={4} wrap="nowrap" aria-label={text.menu}>
              {entry('/', text.product, <IconInbox size={22} stroke={1.6} aria-hidden />)}
              {entry('/senders', text.senders.title, <IconUserCheck size={22} stroke={1.6} aria-hidden />)}
              {entry(
                '/settings',
                text.preferences.title,
                <IconSettings size={22} stroke={1.6} aria-hidden />,
              )}
            </Group>
            <LogOff name={session.name} />
          </Group>
        </Container>
      </header>
      <Container component="main" size="xl" py="lg" id="content" tabIndex={-1} className={styles.main ?? ''}>
        {children}
      </Container>
    </>
  )
}

function LogOff({ name }: { name: string }) {
  const text = useWords()
  const client = useQueryClient()
  const { tell } = useNotices()
  const [busy, setBusy] = useState(false)
  const logOff = async () => {
    setBusy(true)
    try {
      await my('signOut', {})
      forget(client)
      go('/', { replace: true })
      rememberList('/')
      await client.resetQueries({ queryKey: ['whoAmI'] })
    } catch (error) {
      tell(plainFailure(error, text))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button
      variant="subtle"
      color="gray"
      className={styles.out ?? ''}
      title={`${text.preferences.loggedOnAs} ${name}`}
      onClick={() => void logOff()}
      loading={busy}
      leftSection={<IconLogout size={22} stroke={1.6} aria-hidden />}
    >
      <span className={styles.label}>{text.preferences.logOff}</span>
    </Button>
  )
}
