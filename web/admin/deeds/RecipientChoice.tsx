/** The recipients of one message as check boxes; who has it already can not be chosen, and it is said why. */
import { Button, Checkbox, Group, Input, ScrollArea, Stack, Text, TextInput } from '@mantine/core'
import { useId, useState } from 'react'
import { useText } from '../../text/index.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { StateBadge } from '../../ui/StateBadge.tsx'
import classes from './deeds.module.css'
import { type DeedMessage, isHeld } from './held.ts'

export interface RecipientChoiceProps {
  message: DeedMessage
  chosen: ReadonlySet<string>
  onChoose: (chosen: ReadonlySet<string>) => void
}

const manyRecipients = 10
const shownAtOnce = 200

export function RecipientChoice({ message, chosen, onChoose }: RecipientChoiceProps) {
  const { deeds, common } = useText()
  const [wanted, setWanted] = useState('')
  const label = useId()
  const held = message.recipients.filter(isHeld)
  const found = message.recipients.filter(({ address }) =>
    address.toLowerCase().includes(wanted.trim().toLowerCase()),
  )
  const toggle = (address: string, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(address)
    else next.delete(address)
    onChoose(next)
  }
  return (
    <fieldset className={classes.choice} aria-labelledby={label}>
      <Group justify="space-between" mb={6}>
        <Input.Label id={label} labelElement="div">
          {deeds.to}
        </Input.Label>
        <Group gap={4}>
          <Text size="xs" c="dimmed" role="status">
            {deeds.ofRecipients(chosen.size, held.length)}
          </Text>
          {held.length > 1 && (
            <>
              <Button
                size="compact-xs"
                variant="subtle"
                onClick={() => onChoose(new Set(held.map(({ address }) => address)))}
              >
                {deeds.all}
              </Button>
              <Button size="compact-xs" variant="subtle" onClick={() => onChoose(new Set())}>
                {deeds.noneOf}
              </Button>
            </>
          )}
        </Group>
      </Group>
      {message.recipients.length > manyRecipients && (
        <TextInput
          size="xs"
          mb="xs"
          aria-label={deeds.findRecipient}
          placeholder={deeds.findRecipient}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        />
      )}
      <ScrollArea.Autosize mah={260} type="auto" offsetScrollbars="present">
        <Stack gap={6} py={2}>
          {found.slice(0, shownAtOnce).map((copy) => (
            <Group key={copy.address} justify="space-between" wrap="nowrap" gap="xs">
              <Checkbox
                checked={chosen.has(copy.address)}
                disabled={!isHeld(copy)}
                onChange={(event) => toggle(copy.address, event.currentTarget.checked)}
                label={<MailText style={{ overflowWrap: 'anywhere' }}>{copy.address}</MailText>}
                title={visible(copy.address)}
              />
              {copy.state !== 'held' && <StateBadge state={copy.state} />}
            </Group>
          ))}
          {found.length > shownAtOnce && (
            <Text size="sm" c="dimmed">
              {common.more(found.length - shownAtOnce)}
            </Text>
          )}
        </Stack>
      </ScrollArea.Autosize>
      {chosen.size === 0 && held.length > 0 && (
        <Text size="sm" c="red" mt={6} role="alert">
          {deeds.chooseOne}
        </Text>
      )}
    </fieldset>
  )
}
