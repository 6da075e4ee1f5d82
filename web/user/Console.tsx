/** The whole console: who is logged on, and the page that the address names. */
import { Center, Loader } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { browserLocale, useWords } from '../text/user.ts'
import { useTheme } from '../ui/useTheme.ts'
import { forget, isSignedOut, type MySession, useMy } from './api.ts'
import { ArrivalsKeeper } from './arrivals.tsx'
import { BackFromProvider } from './entrance/AtProvider.tsx'
import { Invitation } from './entrance/Invitation.tsx'
import { LogOn } from './entrance/LogOn.tsx'
import { MailedLink } from './entrance/MailedLink.tsx'
import { rememberedLocale, useSpeak } from './LanguageKeeper.tsx'
import { ListPage } from './list/ListPage.tsx'
import { ZoneProvider } from './Moment.tsx'
import { NoticeBoard } from './notices.tsx'
import { go, usePlace } from './place.tsx'
import { NoPage } from './shell/NoPage.tsx'
import { Shell } from './shell/Shell.tsx'
import { Trouble } from './Trouble.tsx'

const MessagePage = lazy(async () => ({ default: (await import('./message/MessagePage.tsx')).MessagePage }))
const SendersPage = lazy(async () => ({ default: (await import('./senders/SendersPage.tsx')).SendersPage }))
const SettingsPage = lazy(async () => ({
  default: (await import('./settings/SettingsPage.tsx')).SettingsPage,
}))

/** Where mailed links and providers lead: of no use to who is logged on. */
const isEntrance = (path: string): boolean =>
  path === '/sign-in' || path === '/sign-in/provider' || path === '/invitation'

/** The token behind the # of a mailed link; it is taken out of the address at once. */
const tokenOf = (hash: string): string | null => (/^#[\w-]{43}$/.test(hash) ? hash.slice(1) : null)

export function Console() {
  const client = useQueryClient()
  const text = useWords()
  const { path, search } = usePlace()
  const me = useMy('whoAmI', {}, { staleTime: 60_000 })
  const [token, setToken] = useState(() => tokenOf(location.hash))
  const [ended, setEnded] = useState(false)
  useEffect(() => {
    const take = () => {
      const found = tokenOf(location.hash)
      if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search)
      if (found !== null) setToken(found)
    }
    take()
    addEventListener('hashchange', take)
    return () => removeEventListener('hashchange', take)
  }, [])
  // Any answer that there is no session (any more) is the end of what is shown to somebody.
  useEffect(
    () =>
      client.getQueryCache().subscribe(({ query, type }) => {
        if (type !== 'updated' || !isSignedOut(query.state.error)) return
        const own = query.queryKey[0] === 'whoAmI'
        // Asked for the first time it is no news that nobody is logged on.
        if (own && query.state.data === undefined) return
        setEnded(true)
        if (own) return
        void client.refetchQueries({ queryKey: ['whoAmI'] })
      }),
    [client],
  )
  const signedIn = (session: MySession) => {
    forget(client)
    client.setQueryData(['whoAmI', {}], session)
    setEnded(false)
    setToken(null)
    if (isEntrance(path)) go('/', { replace: true })
  }
  if (path === '/sign-in/provider')
    return (
      <BackFromProvider
        answer={search.toString()}
        onSignedIn={signedIn}
        onLeave={() => go('/', { replace: true })}
      />
    )
  if (token !== null && path === '/sign-in')
    return <MailedLink token={token} onSignedIn={signedIn} onLeave={() => setToken(null)} />
  if (token !== null && path === '/invitation')
    return <Invitation token={token} onSignedIn={signedIn} onLeave={() => setToken(null)} />
  if (me.error && isSignedOut(me.error)) return <LogOn ended={ended} onSignedIn={signedIn} />
  if (me.data)
    return (
      <SignedIn session={me.data} key={me.data.name}>
        <Shell session={me.data}>
          <Suspense fallback={<Wait />}>
            <PageAt path={path} session={me.data} />
          </Suspense>
        </Shell>
      </SignedIn>
    )
  return (
    <Center component="main" mih="100vh" p="md">
      {me.error ? (
        <Trouble error={me.error} retry={() => void me.refetch()} />
      ) : (
        <Loader aria-label={text.loading} />
      )}
    </Center>
  )
}

const Wait = () => {
  const text = useWords()
  return (
    <Center mih="50vh">
      <Loader aria-label={text.loading} />
    </Center>
  )
}

function PageAt({ path, session }: { path: string; session: MySession }) {
  const id = /^\/messages\/([0-9a-z]{11})$/i.exec(path)?.[1]
  const before = useRef(path)
  useEffect(() => {
    if (isEntrance(path)) go('/', { replace: true })
    // The link that led here is gone: keyboard and screen reader begin at the new page.
    if (before.current !== path) document.getElementById('content')?.focus({ preventScroll: true })
    before.current = path
  }, [path])
  if (path === '/' || isEntrance(path)) return <ListPage session={session} />
  if (id !== undefined) return <MessagePage key={id} id={id} />
  if (path === '/senders') return <SendersPage />
  return path === '/settings' ? <SettingsPage session={session} /> : <NoPage />
}

function SignedIn({ session, children }: { session: MySession; children: React.ReactNode }) {
  const { theme, locale, timeZone } = session.preferences
  const speak = useSpeak()
  useTheme(theme)
  useEffect(() => speak(locale ?? rememberedLocale() ?? browserLocale(), false), [locale, speak])
  return (
    <ZoneProvider value={timeZone}>
      <NoticeBoard>
        <ArrivalsKeeper>{children}</ArrivalsKeeper>
      </NoticeBoard>
    </ZoneProvider>
  )
}
