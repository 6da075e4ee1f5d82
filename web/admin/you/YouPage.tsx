/** About the one who is signed in: how the console looks, password, second factor, API keys. */
import { Stack } from '@mantine/core'
import { useSession } from '../../api/session.ts'
import { you } from '../../text/en/you.ts'
import { useText } from '../../text/index.ts'
import { Page } from '../../ui/Page.tsx'
import { Appearance } from './Appearance.tsx'
import { Keys } from './Keys.tsx'
import { PasswordForm } from './PasswordForm.tsx'
import { SecondFactor } from './SecondFactor.tsx'

export function YouPage() {
  const { common } = useText()
  const { name, role } = useSession()
  return (
    <Page title={you.title} lead={you.lead(name, common.roles[role])} width="form">
      <Stack gap="lg">
        <Appearance />
        <PasswordForm />
        <SecondFactor />
        <Keys />
      </Stack>
    </Page>
  )
}
