/**
 * Releasing messages: asks to whom, warns of a virus, then tells what becomes of each, for as long as it is open.
 * Closing it stops nothing; as long as nothing was sent, undoing is offered on.
 */
import { Modal } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef, useState } from 'react'
import { changed } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { useReturnFocus } from '../../ui/returnFocus.ts'
import type { DeedMessage } from './held.ts'
import { ReleaseOutcome } from './ReleaseOutcome.tsx'
import { ReleaseQuestion } from './ReleaseQuestion.tsx'
import { type Order, takeBack, undoSeconds, useRelease } from './useRelease.ts'

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
  const closed = useRef(false)

  const offerUndo = useCallback(
    ({ results, last, at }: Order) => {
      const left = at + undoSeconds * 1000 - Date.now()
      if (last.length === 0 || left < 500) return
      const released = [...results.values()].filter(({ result }) => result === 'released').length
      const refused = results.size - released
      tellDone(refused === 0 ? deeds.released(released) : deeds.releasedSome(released, refused), {
        label: common.undo,
        milliseconds: left,
        run: () =>
          void takeBack(last)
            .then(({ back, late }) =>
              tellDone(late === 0 ? deeds.undoneAll(back) : deeds.undoneSome(back, late)),
            )
            .catch(tellFailure)
            .finally(() => changed(client, ['messages', 'deliveries', 'areas'])),
      })
    },
    [client, common, deeds],
  )
  const ended = useCallback(
    (ids: string[], order: Order, failure: unknown) => {
      onDone(ids)
      // Closed before the answer came: it is told all the same.
      if (!closed.current) return
      const refused = [...order.results.values()].find(({ result }) => result !== 'released')
      if (order.last.length > 0) offerUndo(order)
      if (failure !== null) tellFailure(failure)
      else if (order.last.length === 0 && refused) tellFailure(new Error(refused.text))
    },
    [onDone, offerUndo],
  )
  const release = useRelease(ended)
  const { order, undone, busy } = release
  const asked = order.results.size > 0

  const close = () => {
    closed.current = true
    onClose()
    if (!undone && !busy) offerUndo(order)
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
