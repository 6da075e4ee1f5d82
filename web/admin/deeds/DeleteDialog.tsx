/** Deleting messages: asks with counts, then offers to undo it. */
import { Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type AnswerOf, call } from '../../api/client.ts'
import { changed } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { type DeedMessage, heldCopies, pieces } from './held.ts'
import { restore } from './restore.ts'

export interface DeleteDialogProps {
  messages: readonly DeedMessage[]
  onClose: () => void
  /** They were deleted, or refused; `ids` are the messages it named. */
  onDone: (ids: string[]) => void
}

/** Long enough to read it and think again. */
const undoMs = 15_000

/** Mount it to open it. */
export function DeleteDialog({ messages: given, onClose, onDone }: DeleteDialogProps) {
  const { deeds, common } = useText()
  const [messages] = useState(given)
  const [busy, setBusy] = useState(false)
  const client = useQueryClient()
  const copies = heldCopies(messages)

  const remove = async () => {
    setBusy(true)
    const results: AnswerOf<'deleteMessages'>['results'] = []
    try {
      for (const part of pieces(messages.map(({ id }) => id)))
        results.push(...(await call('deleteMessages', { body: { ids: part } })).results)
    } catch (error) {
      tellFailure(error)
      if (results.length === 0) return setBusy(false)
    }
    changed(client, ['messages', 'areas'])
    onDone(messages.map(({ id }) => id))
    onClose()
    const done = results.filter(({ result }) => result === 'done').map(({ id }) => id)
    const refused = results.length - done.length
    if (done.length === 0) return tellFailure(new Error(results[0]?.text ?? deeds.deletedNone))
    tellDone(refused === 0 ? deeds.deleted(done.length) : deeds.deletedSome(done.length, refused), {
      label: common.undo,
      milliseconds: undoMs,
      run: () => void restore(client, done, deeds),
    })
  }

  return (
    <Confirm
      opened
      title={deeds.deleteTitle(messages.length)}
      confirmLabel={copies > 0 ? deeds.delete : common.close}
      danger={copies > 0}
      toldOnly={copies === 0}
      busy={busy}
      onConfirm={() => (copies > 0 ? void remove() : onClose())}
      onClose={onClose}
    >
      <Text size="sm">{copies > 0 ? deeds.deleteText(messages.length, copies) : deeds.nothingToDelete}</Text>
    </Confirm>
  )
}
