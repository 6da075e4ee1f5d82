/** The second factor: on or off, setting it up, turning it off, new recovery codes. */
import { Badge, Button, Group } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { changed } from '../../api/hooks.ts'
import { useSession } from '../../api/session.ts'
import { you } from '../../text/en/you.ts'
import { Section } from '../../ui/Section.tsx'
import { RecoveryCodes } from './RecoveryCodes.tsx'
import { SetUpFactor } from './SetUpFactor.tsx'
import { WithPasswordAndCode } from './WithPasswordAndCode.tsx'

export function SecondFactor() {
  const client = useQueryClient()
  const { secondFactor } = useSession()
  const [dialog, setDialog] = useState<'set-up' | 'off' | 'codes' | null>(null)
  const [codes, setCodes] = useState<string[] | null>(null)
  const on = secondFactor?.enabled === true
  const close = () => {
    setDialog(null)
    changed(client, ['session'])
  }
  const shown = (given: string[]) => {
    setDialog(null)
    setCodes(given)
  }
  return (
    <Section
      title={you.secondFactor}
      badge={
        <Badge variant="light" color={on ? 'green' : 'gray'} tt="none">
          {on ? you.factorOn : you.factorOff}
        </Badge>
      }
      lead={on ? you.factorOnText(secondFactor.recoveryCodesLeft) : you.factorOffText}
    >
      <Group gap="xs">
        {on ? (
          <>
            <Button variant="default" onClick={() => setDialog('codes')}>
              {you.newCodes}
            </Button>
            <Button variant="default" onClick={() => setDialog('off')}>
              {you.turnOff}
            </Button>
          </>
        ) : (
          <Button variant="default" onClick={() => setDialog('set-up')}>
            {you.setUp}
          </Button>
        )}
      </Group>
      <SetUpFactor opened={dialog === 'set-up'} onClose={close} onCodes={shown} />
      <WithPasswordAndCode
        kind={dialog === 'off' || dialog === 'codes' ? dialog : null}
        onClose={close}
        onCodes={shown}
      />
      <RecoveryCodes
        codes={codes}
        onClose={() => {
          setCodes(null)
          changed(client, ['session'])
        }}
      />
    </Section>
  )
}
