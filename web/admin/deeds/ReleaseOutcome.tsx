/** What becomes of a release, message by message and recipient by recipient, until it has ended; and the way back. */
import { Badge, Button, Group, ScrollArea, Stack, Text } from '@mantine/core'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { MailText } from '../../ui/MailText.tsx'
import { useTimes } from '../../ui/times.tsx'
import classes from './deeds.module.css'
import type { DeedMessage } from './held.ts'
import { countStates, type Line, type LineState, type MessageOutcome, outcomesOf } from './outcomes.ts'
import { type Release, undoSeconds } from './useRelease.ts'
import { VirusWarning } from './VirusWarning.tsx'

export interface ReleaseOutcomeProps {
  messages: readonly DeedMessage[]
  release: Release
  onClose: () => void
}

const colors: Record<LineState, string> = {
  waiting: 'blue',
  delivered: 'green',
  deferred: 'orange',
  failed: 'red',
  heldAgain: 'yellow',
  refused: 'gray',
  confirm: 'red',
  'not-found': 'gray',
}
const shownAtOnce = 200

export function ReleaseOutcome({ messages, release, onClose }: ReleaseOutcomeProps) {
  const { deeds, common } = useText()
  const { order, deliveries, error, undone, busy } = release
  const outcomes = useMemo(
    () => outcomesOf(messages, order.results, deliveries),
    [messages, order.results, deliveries],
  )
  const counts = useMemo(() => countStates(outcomes), [outcomes])
  const begun =
    deliveries?.some(
      ({ release: one, state, attemptCount }) =>
        order.last.includes(one) && (state !== 'due' || attemptCount > 0),
    ) ?? false
  const left = useSecondsLeft(order.at + undoSeconds * 1000)
  const mayUndo = order.last.length > 0 && !undone && !begun && left > 0
  const summed = useRef<HTMLDivElement>(null)
  // The button that was pressed is gone, by and by that of undoing as well: the focus must not be lost with it.
  useEffect(() => {
    if (document.activeElement === document.body) summed.current?.focus({ preventScroll: true })
  })
  const moving = (counts.get('waiting') ?? 0) + (counts.get('deferred') ?? 0) > 0

  return (
    <Stack>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mih={36}>
        <div role="status" ref={summed} tabIndex={-1} style={{ outline: 'none' }}>
          <Text fw={600}>{summary(counts, deeds.summary)}</Text>
          <Text size="sm" c="dimmed">
            {undone
              ? undone.late === 0
                ? deeds.undoneAll(undone.back)
                : deeds.undoneSome(undone.back, undone.late)
              : mayUndo
                ? deeds.undoHint
                : moving
                  ? deeds.stays
                  : ''}
          </Text>
        </div>
        {mayUndo && (
          <Button
            variant="light"
            style={{ flexShrink: 0, fontVariantNumeric: 'tabular-nums' }}
            onClick={() => void release.undo()}
            aria-label={deeds.undoLabel(left)}
          >
            {deeds.undo(left)}
          </Button>
        )}
      </Group>
      {error !== null && <Failure error={error} title={busy ? undefined : deeds.stopped} />}
      <ScrollArea.Autosize
        mah="50vh"
        type="auto"
        offsetScrollbars="present"
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': deeds.outcomeOf }}
      >
        <ul className={classes.outcomes}>
          {outcomes.slice(0, shownAtOnce).map((outcome) => (
            <Outcome key={outcome.message.id} outcome={outcome} titled={messages.length > 1} />
          ))}
          {outcomes.length > shownAtOnce && (
            <Text component="li" size="sm" c="dimmed" pt="xs">
              {common.more(outcomes.length - shownAtOnce)}
            </Text>
          )}
        </ul>
      </ScrollArea.Autosize>
      <Confirmation messages={messages} release={release} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {common.close}
        </Button>
      </Group>
    </Stack>
  )
}

/** Mail in which a scanner that did not decide had found a virus: it is only known now. */
function Confirmation({ messages, release }: Pick<ReleaseOutcomeProps, 'messages' | 'release'>) {
  const { deeds } = useText()
  const [word, setWord] = useState('')
  const infected = messages.filter(({ id }) => release.order.results.get(id)?.result === 'confirm')
  if (infected.length === 0) return null
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (word.trim().toUpperCase() === deeds.virusWord)
          void release.again(infected, new Set(infected.map(({ id }) => id)))
      }}
    >
      <Stack gap="xs">
        <VirusWarning infected={infected} all={infected.length} word={word} onWord={setWord} />
        <Group justify="flex-end">
          <Button
            type="submit"
            color="red"
            loading={release.busy}
            disabled={word.trim().toUpperCase() !== deeds.virusWord}
          >
            {deeds.releaseVirus}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Outcome({ outcome: { message, lines }, titled }: { outcome: MessageOutcome; titled: boolean }) {
  const { common } = useText()
  return (
    <li>
      {titled && (
        <Text size="sm" fw={500} className="cut">
          <MailText whenEmpty={common.noSubject}>{message.subject}</MailText>
        </Text>
      )}
      <ul className={classes.lines}>
        {lines.slice(0, shownAtOnce).map((line) => (
          <OutcomeLine key={line.key} line={line} />
        ))}
        {lines.length > shownAtOnce && (
          <Text component="li" size="sm" c="dimmed">
            {common.more(lines.length - shownAtOnce)}
          </Text>
        )}
      </ul>
    </li>
  )
}

function OutcomeLine({ line }: { line: Line }) {
  const { deeds } = useText()
  return (
    <li className={classes.line}>
      <div className={classes.words}>
        {line.recipient !== '' && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            <MailText>{line.recipient}</MailText>
          </Text>
        )}
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }} lineClamp={4}>
          <LineWords line={line} />
        </Text>
      </div>
      <Badge
        className="state"
        variant="light"
        color={colors[line.state]}
        tt="none"
        fw={500}
        radius="sm"
        style={{ flexShrink: 0 }}
      >
        {deeds.states[line.state]}
      </Badge>
    </li>
  )
}

function LineWords({ line: { text, state, delivery } }: { line: Line }) {
  const { deeds } = useText()
  const times = useTimes()
  if (text !== '') return <MailText>{text}</MailText>
  if (state === 'heldAgain') return deeds.takenBack
  const attempt = delivery?.lastAttempt
  if (!attempt) return deeds.waits
  const words = [
    attempt.host,
    [attempt.code ?? '', attempt.status, attempt.reply].filter((word) => word !== '').join(' '),
  ]
  return (
    <>
      <MailText>{words.filter((word) => word !== '').join(': ')}</MailText>
      {state === 'deferred' &&
        delivery.nextAttemptAt &&
        ` — ${deeds.nextAttempt(times.relative(delivery.nextAttemptAt))}`}
    </>
  )
}

const told: [LineState, keyof ReturnType<typeof useText>['deeds']['summary']][] = [
  ['delivered', 'delivered'],
  ['waiting', 'onTheWay'],
  ['deferred', 'deferred'],
  ['failed', 'failed'],
  ['heldAgain', 'heldAgain'],
  ['refused', 'refused'],
  ['confirm', 'confirm'],
  ['not-found', 'notFound'],
]

const summary = (
  counts: ReadonlyMap<LineState, number>,
  words: ReturnType<typeof useText>['deeds']['summary'],
): string =>
  told
    .flatMap(([state, word]) => {
      const n = counts.get(state)
      return n ? [words[word](n)] : []
    })
    .join(', ')

function useSecondsLeft(until: number): number {
  const [now, setNow] = useState(Date.now)
  const left = Math.max(0, Math.ceil((until - now) / 1000))
  useEffect(() => {
    if (left === 0) return undefined
    const timer = setTimeout(() => setNow(Date.now()), 250)
    return () => clearTimeout(timer)
  })
  return left
}
