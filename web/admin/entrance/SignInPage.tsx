/** What somebody sees who is not signed in; the address stays, so that afterwards he is where he wanted to be. */
import type { Session } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { EntranceFrame } from './EntranceFrame.tsx'
import { SignInForm } from './SignInForm.tsx'

export function SignInPage({ onSignedIn }: { onSignedIn: (session: Session) => void }) {
  const { entrance } = useText()
  return (
    <EntranceFrame title={entrance.title} lead={entrance.lead}>
      <SignInForm onSignedIn={onSignedIn} />
    </EntranceFrame>
  )
}
