/** Logging on elsewhere: the browser goes to the provider, and comes back to /sign-in/provider with its answer. */
import { Button, Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useWords } from '../../text/user.ts'
import { type MySession, my } from '../api.ts'
import { Trouble } from '../Trouble.tsx'
import { EntranceFrame } from './EntranceFrame.tsx'

export function AtProvider({ provider, label }: { provider: number; label: string }) {
  const { entrance } = useWords()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const leave = async () => {
    setBusy(true)
    setError(null)
    try {
      const { url } = await my('beginAtProvider', { body: { provider } })
      location.assign(url)
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  return (
    <>
      {error !== null && <Trouble error={error} />}
      <Button variant="default" size="md" fullWidth loading={busy} onClick={() => void leave()}>
        {entrance.atProvider(label)}
      </Button>
    </>
  )
}

export interface BackFromProviderProps {
  /** The query with which the browser came back. */
  answer: string
  onSignedIn: (session: MySession) => void
  onLeave: () => void
}

export function BackFromProvider({ answer, onSignedIn, onLeave }: BackFromProviderProps) {
  const { entrance, loading } = useWords()
  const [failed, setFailed] = useState<{ error: unknown } | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer is good once
  useEffect(() => {
    finishOnce(answer).then(onSignedIn, (error: unknown) => setFailed({ error }))
  }, [answer])
  return (
    <EntranceFrame title={entrance.title}>
      {failed ? (
        <>
          <Trouble error={failed.error} says={entrance.providerBad} />
          <Button size="md" variant="default" onClick={onLeave}>
            {entrance.toLogOn}
          </Button>
        </>
      ) : (
        <Loader aria-label={loading} />
      )}
    </EntranceFrame>
  )
}

const begun = new Map<string, Promise<MySession>>()

/** However often it is drawn, it is sent once. */
function finishOnce(answer: string): Promise<MySession> {
  const promise = begun.get(answer) ?? my('finishAtProvider', { body: { answer } })
  begun.set(answer, promise)
  return promise
}
