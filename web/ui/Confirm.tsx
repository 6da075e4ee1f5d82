/** Asks before something that cannot be taken back; for the gravest a word must be typed. Enter confirms, Escape leaves. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useText } from '../text/index.ts'
import { useReturnFocus } from './returnFocus.ts'

export interface ConfirmProps {
  opened: boolean
  title: string
  children: ReactNode
  confirmLabel: string
  danger?: boolean
  /** A word that must be typed, and how that is asked for. */
  typed?: { word: string; label: string }
  busy?: boolean
  /** There is nothing to decide: the one button only closes. */
  toldOnly?: boolean
  onConfirm: () => void
  onClose: () => void
}

export function Confirm(props: ConfirmProps) {
  const { opened, title, onClose } = props
  useReturnFocus(opened)
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      {opened && <Question {...props} />}
    </Modal>
  )
}

function Question(props: ConfirmProps) {
  const { children, confirmLabel, danger, typed, busy, toldOnly, onConfirm, onClose } = props
  const { common } = useText()
  const [word, setWord] = useState('')
  const field = useRef<HTMLInputElement>(null)
  // A word may be asked for later than the dialog opened, and take the button that had the focus out of use.
  const asked = typed !== undefined
  useEffect(() => {
    if (asked) field.current?.focus()
  }, [asked])
  const ready = !typed || word.trim().toLowerCase() === typed.word.toLowerCase()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (ready && !busy) onConfirm()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        {children}
        {typed && (
          <TextInput
            ref={field}
            label={typed.label}
            value={word}
            onChange={(event) => setWord(event.currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
        )}
        <Group justify="flex-end" gap="xs">
          {!toldOnly && (
            <Button variant="default" onClick={onClose}>
              {common.cancel}
            </Button>
          )}
          <Button
            type="submit"
            color={danger ? 'red' : undefined}
            disabled={!ready}
            loading={busy}
            {...(typed ? {} : { 'data-autofocus': true })}
          >
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
