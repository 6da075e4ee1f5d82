/** Behind a mailed link: a button, so that a program that opens the links of mail does not use it up. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../text/user.ts'
import { type MySession, my } from '../api.ts'
import { Trouble } from '../Trouble.tsx'
import { EntranceFrame } from './EntranceFrame.tsx'
import { isUsedUp } from './used-up.ts'

export interface TokenPageProps {
  token: string
  onSignedIn: (session: MySession) => void
  onLeave: () => void
}

export function MailedLink({ token, onSignedIn, onLeave }: TokenPageProps) {
  const { entrance } = useWords()
  const [error, setError] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  const logOn = async () => {
    setBusy(true)
    setError(null)
    try {
      onSignedIn(await my('useLink', { body: { token } }))
    } catch (problem) {
      setError(problem)
    } finally {
      setBusy(false)
    }
  }
  return (
    <EntranceFrame title={entrance.useLinkTitle} lead={entrance.useLinkText}>
      {error !== null && <Trouble error={error} {...(isUsedUp(error) ? { says: entrance.linkBad } : {})} />}
      {isUsedUp(error) ? (
        <Button size="md" variant="default" onClick={onLeave}>
          {entrance.toLogOn}
        </Button>
      ) : (
        <Button size="md" loading={busy} onClick={() => void logOn()} autoFocus>
          {entrance.logOn}
        </Button>
      )}
    </EntranceFrame>
  )
}
