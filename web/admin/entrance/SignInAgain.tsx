/** Over the page whose session has ended: the page stays as it is behind it. */
import { Modal, Stack, Text } from '@mantine/core'
import type { Session } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { useReturnFocus } from '../../ui/returnFocus.ts'
import { SignInForm } from './SignInForm.tsx'

export function SignInAgain({ name, onSignedIn }: { name: string; onSignedIn: (session: Session) => void }) {
  const { entrance } = useText()
  useReturnFocus()
  return (
    <Modal
      opened
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={entrance.endedTitle}
    >
      <Stack>
        <Text size="sm">{entrance.endedText}</Text>
        <SignInForm name={name} onSignedIn={onSignedIn} />
      </Stack>
    </Modal>
  )
}
