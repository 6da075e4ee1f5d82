/** The log-on page: the ways that the organisation offers. The address stays, so that one is afterwards where one wanted to be. */
import { Button, Divider, Loader, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../text/user.ts'
import { type MySession, useMy } from '../api.ts'
import { Trouble } from '../Trouble.tsx'
import { AskForLink } from './AskForLink.tsx'
import { AtProvider } from './AtProvider.tsx'
import { EntranceFrame } from './EntranceFrame.tsx'
import { PasswordForm } from './PasswordForm.tsx'

export function LogOn({ ended, onSignedIn }: { ended: boolean; onSignedIn: (session: MySession) => void }) {
  const { entrance, loading } = useWords()
  const ways = useMy('entrance', {}, { staleTime: Number.POSITIVE_INFINITY })
  const [byLink, setByLink] = useState<boolean | null>(null)
  const methods = ways.data?.methods ?? []
  const providers = ways.data?.providers ?? []
  const both = methods.includes('password') && methods.includes('link')
  const link = byLink ?? !methods.includes('password')
  return (
    <EntranceFrame
      title={entrance.title}
      lead={entrance.lead}
      {...(ways.data ? { notice: ways.data.message } : {})}
    >
      {ended && (
        <Text size="sm" role="status">
          {entrance.ended}
        </Text>
      )}
      {ways.error && <Trouble error={ways.error} retry={() => void ways.refetch()} />}
      {ways.isPending && <Loader aria-label={loading} />}
      {ways.data && methods.length === 0 && providers.length === 0 && (
        <Text role="alert">{entrance.noWay}</Text>
      )}
      {methods.includes('password') && !link && <PasswordForm onSignedIn={onSignedIn} />}
      {methods.includes('link') && link && <AskForLink />}
      {(both || providers.length > 0) && (
        <Stack gap="xs">
          {methods.length > 0 && <Divider label={entrance.or} />}
          {providers.map(({ provider, label }) => (
            <AtProvider key={provider} provider={provider} label={label} />
          ))}
          {both && (
            <Button variant="default" size="md" fullWidth onClick={() => setByLink(!link)}>
              {link ? entrance.withPassword : entrance.linkTitle}
            </Button>
          )}
        </Stack>
      )}
    </EntranceFrame>
  )
}
