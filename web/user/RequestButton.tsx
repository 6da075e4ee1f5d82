/** Requesting the release of messages that one may not send oneself: a button, and a question with room for a reason. */
import { Button, type ButtonProps, Group, Modal, Stack, Text, Textarea } from '@mantine/core'
import { IconMailQuestion } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useWords } from '../text/user.ts'
import { useReturnFocus } from '../ui/returnFocus.ts'
import type { Deeds } from './useDeeds.ts'

const noteLimit = 500

export interface RequestButtonProps extends ButtonProps {
  ids: readonly string[]
  deeds: Deeds
  /** Names the message where there are several on the page; then the button is short. */
  label?: string
  onSent?: () => void
}

export function RequestButton({ ids, deeds, label, onSent, ...style }: RequestButtonProps) {
  const { requests, close } = useWords()
  const [opened, setOpened] = useState(false)
  useReturnFocus(opened)
  const send = async (note: string) => {
    if (!(await deeds.request(ids, note))) return
    setOpened(false)
    onSent?.()
  }
  return (
    <>
      <Button
        {...style}
        leftSection={<IconMailQuestion size={label === undefined ? 20 : 18} stroke={1.7} aria-hidden />}
        disabled={deeds.busy}
        onClick={() => setOpened(true)}
        {...(label === undefined ? {} : { 'aria-label': label })}
      >
        {label === undefined ? requests.ask : requests.askShort}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={requests.title(ids.length)}
        centered
        closeButtonProps={{ 'aria-label': close, size: 'lg' }}
      >
        {opened && <Question busy={deeds.busy} onSend={send} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  )
}

interface QuestionProps {
  busy: boolean
  onSend: (note: string) => Promise<void>
  onClose: () => void
}

function Question({ busy, onSend, onClose }: QuestionProps) {
  const { requests } = useWords()
  const [note, setNote] = useState('')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!busy) void onSend(note.trim())
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{requests.text}</Text>
        <Textarea
          size="md"
          autosize
          minRows={3}
          maxRows={8}
          label={requests.note}
          description={requests.noteHint}
          maxLength={noteLimit}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button size="md" px="md" variant="default" onClick={onClose}>
            {requests.cancel}
          </Button>
          <Button size="md" px="md" type="submit" loading={busy}>
            {requests.send}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
