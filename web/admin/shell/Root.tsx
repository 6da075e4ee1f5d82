/**
 * Who may see the pages: asks who is signed in, lets sign in, and keeps a page as it is when its session ends, so that
 * signing in again loses nothing that was typed.
 */
import { Center, Loader } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Suspense, useEffect, useState } from 'react'
import { ApiError, onSessionEnd } from '../../api/client.ts'
import { useApi } from '../../api/hooks.ts'
import { type Session, SessionProvider } from '../../api/session.ts'
import { Failure } from '../../ui/Failure.tsx'
import { later } from '../../ui/later.tsx'
import { ZoneProvider } from '../../ui/times.tsx'
import { useTheme } from '../../ui/useTheme.ts'
import type { FirstPasswordProps } from '../entrance/FirstPassword.tsx'
import { SignInAgain } from '../entrance/SignInAgain.tsx'
import { SignInPage } from '../entrance/SignInPage.tsx'
import { Shell } from './Shell.tsx'

/** Few need it, and once. */
const FirstPassword = later<FirstPasswordProps>(() =>
  import('../entrance/FirstPassword.tsx').then((it) => it.FirstPassword),
)

export function Root() {
  const client = useQueryClient()
  const { pathname } = useLocation()
  const me = useApi('whoAmI', {}, { staleTime: 60_000 })
  const [ended, setEnded] = useState(false)
  useEffect(() => onSessionEnd(() => setEnded(true)), [])
  const signedIn = (session: Session) => {
    client.setQueryData(['whoAmI', {}], session)
    setEnded(false)
  }
  if (me.data && !(me.data.mustChangePassword && !ended))
    return (
      <SignedIn session={me.data}>
        <Shell>
          <Outlet />
        </Shell>
        {ended && (
          <SignInAgain
            name={me.data.name}
            onSignedIn={(session) => {
              signedIn(session)
              // What failed for want of a session is asked for again; another person starts afresh.
              if (session.name === me.data.name) void client.invalidateQueries()
              else location.reload()
            }}
          />
        )}
      </SignedIn>
    )
  const isStranger = me.error instanceof ApiError && me.error.status === 401
  if (me.data?.mustChangePassword || (isStranger && pathname === '/first-run'))
    return (
      <Suspense fallback={<Waiting />}>
        <FirstPassword session={me.data ?? null} onSignedIn={signedIn} />
      </Suspense>
    )
  if (isStranger) return <SignInPage onSignedIn={signedIn} />
  if (me.error)
    return (
      <Center h="100vh" p="md">
        <Failure error={me.error} retry={() => void me.refetch()} />
      </Center>
    )
  return <Waiting />
}

function Waiting() {
  return (
    <Center h="100vh">
      <Loader aria-label="Lazaret" />
    </Center>
  )
}

function SignedIn({ session, children }: { session: Session; children: React.ReactNode }) {
  useTheme(session.preferences.theme)
  return (
    <SessionProvider value={session}>
      <ZoneProvider value={session.preferences.timeZone}>{children}</ZoneProvider>
    </SessionProvider>
  )
}
