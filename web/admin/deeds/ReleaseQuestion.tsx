/** Before a release: to whom, how many, with which note; and whether in spite of a virus. */
import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { type FormEvent, useMemo, useState } from 'react'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { MailText } from '../../ui/MailText.tsx'
import { type DeedMessage, heldCopies, heldForVirus, isHeld } from './held.ts'
import { RecipientChoice } from './RecipientChoice.tsx'
import type { Release } from './useRelease.ts'
import { VirusWarning } from './VirusWarning.tsx'

export interface ReleaseQuestionProps {
  messages: readonly DeedMessage[]
  recipients: readonly string[] | undefined
  release: Release
  onClose: () => void
}

export function ReleaseQuestion({ messages, recipients, release, onClose }: ReleaseQuestionProps) {
  const { deeds, common } = useText()
  const [note, setNote] = useState('')
  const [word, setWord] = useState('')
  const only = messages.length === 1 ? messages[0] : undefined
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => firstChoice(only, recipients))

  const releasable = useMemo(() => messages.filter((message) => message.recipients.some(isHeld)), [messages])
  const infected = useMemo(() => releasable.filter(heldForVirus), [releasable])
  const clean = releasable.length - infected.length
  const sure = infected.length === 0 || word.trim().toUpperCase() === deeds.virusWord
  const ready = releasable.length > 0 && sure && (!only || chosen.size > 0)

  const order = (which: readonly DeedMessage[], confirmed: readonly DeedMessage[]) => {
    const all = only?.recipients.filter(isHeld).length === chosen.size
    void release.give(which, {
      note,
      confirmed: new Set(confirmed.map(({ id }) => id)),
      ...(only && !all ? { recipients: [...chosen] } : {}),
    })
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // What is held no more is named as well: its answer tells who was first.
    if (ready && !release.busy) order(messages, infected)
  }

  return (
    <form onSubmit={submit}>
      <Stack>
        {only && (
          <div>
            <Text fw={600} style={{ overflowWrap: 'anywhere' }} lineClamp={3}>
              <MailText whenEmpty={common.noSubject}>{only.subject}</MailText>
            </Text>
            <Text size="sm" c="dimmed" className="cut">
              <MailText whenEmpty={common.nullSender}>{only.sender}</MailText>
            </Text>
          </div>
        )}
        {releasable.length === 0 ? (
          <Alert color="gray" variant="light">
            {deeds.nothingHeld}
          </Alert>
        ) : only ? (
          <RecipientChoice message={only} chosen={chosen} onChoose={setChosen} />
        ) : (
          <Text size="sm">
            {deeds.releaseCounts(releasable.length, heldCopies(releasable))}
            {releasable.length < messages.length && ` ${deeds.notHeld(messages.length - releasable.length)}`}
          </Text>
        )}
        {infected.length > 0 && (
          <VirusWarning infected={infected} all={releasable.length} word={word} onWord={setWord} />
        )}
        {releasable.length > 0 && (
          <TextInput
            label={deeds.note}
            description={deeds.noteHint}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            maxLength={1000}
            autoComplete="off"
          />
        )}
        {release.error !== null && <Failure error={release.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus={ready ? undefined : true}>
            {common.cancel}
          </Button>
          {infected.length > 0 && clean > 0 && (
            <Button
              variant="light"
              disabled={release.busy}
              onClick={() =>
                order(
                  messages.filter((message) => !infected.includes(message)),
                  [],
                )
              }
            >
              {deeds.withoutVirus(clean)}
            </Button>
          )}
          <Button
            type="submit"
            color={infected.length > 0 ? 'red' : undefined}
            disabled={!ready}
            loading={release.busy}
            data-autofocus={ready ? true : undefined}
          >
            {infected.length > 0 ? deeds.releaseVirus : deeds.release}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function firstChoice(
  only: DeedMessage | undefined,
  wanted: readonly string[] | undefined,
): ReadonlySet<string> {
  const held = only?.recipients.filter(isHeld).map(({ address }) => address) ?? []
  return new Set(wanted ? held.filter((address) => wanted.includes(address)) : held)
}
