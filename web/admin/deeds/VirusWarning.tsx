/** The plain warning before mail that a virus scanner held is released, and the word that must be typed (S8). */
import { Alert, Stack, Text, TextInput } from '@mantine/core'
import { IconBiohazard } from '@tabler/icons-react'
import { useText } from '../../text/index.ts'
import { MailText } from '../../ui/MailText.tsx'
import type { DeedMessage } from './held.ts'

export interface VirusWarningProps {
  infected: readonly DeedMessage[]
  /** How many messages the order is about. */
  all: number
  word: string
  onWord: (word: string) => void
}

const named = 5

export function VirusWarning({ infected, all, word, onWord }: VirusWarningProps) {
  const { deeds, common } = useText()
  return (
    <Alert color="red" variant="light" icon={<IconBiohazard />} title={deeds.virusTitle} role="alert">
      <Stack gap="xs">
        <Text size="sm">{deeds.virusText(infected.length, all)}</Text>
        {all > 1 && (
          <ul style={{ margin: 0, paddingInlineStart: 18 }}>
            {infected.slice(0, named).map(({ id, subject }) => (
              <Text key={id} component="li" size="sm" style={{ overflowWrap: 'anywhere' }}>
                <MailText whenEmpty={common.noSubject}>{subject}</MailText>
              </Text>
            ))}
            {infected.length > named && (
              <Text component="li" size="sm">
                {common.more(infected.length - named)}
              </Text>
            )}
          </ul>
        )}
        <TextInput
          label={deeds.virusType(deeds.virusWord)}
          value={word}
          onChange={(event) => onWord(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          maw={280}
        />
      </Stack>
    </Alert>
  )
}
