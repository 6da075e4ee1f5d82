/**
 * Releasing messages: asks to whom, warns of a virus, then tells what becomes of each, for as long as it is open.
 * Closing it stops nothing; as long as nothing was sent, undoing is offered on.
 */
import { Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { changed } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { useReturnFocus } from '../../ui/returnFocus.ts'
import type { DeedMessage } from './held.ts'
import { ReleaseOutcome } from './ReleaseOutcome.tsx'
import { ReleaseQuestion } from './ReleaseQuestion.tsx'
import { takeBack, undoSeconds, useRelease } from './useRelease.ts'

export interface ReleaseDialogProps {
  messages: readonly DeedMessage[]
  /** Recipients that are chosen at first; all that are held without it. */
  recipients?: readonly string[]
  onClose: () => void
  /** An order was given; `ids` are the messages it named. */
  onDone: (ids: string[]) => void
}

/** Mount it to open it. */
export function ReleaseDialog({ messages: given, recipients, onClose, onDone }: ReleaseDialogProps) {
  const { deeds, common } = useText()
  useReturnFocus()
  // What is asked about stays what it was, whatever happens to the list behind.
  const [messages] = useState(given)
  const client = useQueryClient()
  const release = useRelease(useCallback((ids: string[]) => onDone(ids), [onDone]))
  const { order, undone } = release
  const asked = order.results.size > 0

  const close = () => {
    onClose()
    const left = order.at + undoSeconds * 1000 - Date.now()
    if (order.last.length === 0 || undone || left < 500) return
    const released = [...order.results.values()].filter(({ result }) => result === 'released').length
    tellDone(deeds.released(released), {
      label: common.undo,
      milliseconds: left,
      run: () =>
        void takeBack(order.last)
          .then(({ back, late }) =>
            tellDone(late === 0 ? deeds.undoneAll(back) : deeds.undoneSome(back, late)),
          )
          .catch(tellFailure)
          .finally(() => changed(client, ['messages', 'deliveries', 'areas'])),
    })
  }

  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={asked ? deeds.releasedTitle : deeds.releaseTitle(messages.length)}
      closeButtonProps={{ 'aria-label': common.close }}
    >
      {asked ? (
        <ReleaseOutcome messages={messages} release={release} onClose={close} />
      ) : (
        <ReleaseQuestion messages={messages} recipients={recipients} release={release} onClose={close} />
      )}
    </Modal>
  )
}
