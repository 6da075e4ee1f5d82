/** Approving and denying what is ticked, with words that the user sees; and what could not be decided, and why. */
import { Alert, Button, CloseButton, Group, Modal, Paper, Stack, Text, Textarea } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import type { AnswerOf } from '../../api/client.ts'
import { useDeed } from '../../api/hooks.ts'
import { approvals } from '../../text/en/approvals.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'
import { MailText } from '../../ui/MailText.tsx'
import { tellDone } from '../../ui/notify.tsx'
import { useReturnFocus } from '../../ui/returnFocus.ts'
import type { Request } from './RequestTable.tsx'
import classes from './requests.module.css'

type Decision = 'approve' | 'deny'

interface Asked {
  decision: Decision
  /** What was ticked then: the list goes on changing behind the question. */
  items: readonly Request[]
}

interface Refusal {
  id: string
  subject: string
  recipient: string
  text: string
}

const answerLimit = 500

export interface DecidingProps {
  ticked: readonly Request[]
  /** Nothing is there that could be ticked. */
  empty: boolean
  onDone: () => void
}

export function Deciding({ ticked, empty, onDone }: DecidingProps) {
  const [asked, setAsked] = useState<Asked | null>(null)
  const [refusals, setRefusals] = useState<readonly Refusal[]>([])
  const decided = ({ decision, items }: Asked, results: AnswerOf<'decideRequests'>['results']) => {
    const done = results.filter(({ result }) => result === 'done').length
    const of = new Map(items.map((item) => [item.id, item]))
    setRefusals(
      results
        .filter(({ result }) => result !== 'done')
        .map(({ id, text }) => ({
          id,
          text,
          subject: of.get(id)?.subject ?? '',
          recipient: of.get(id)?.recipient ?? '',
        })),
    )
    if (done > 0) tellDone(decision === 'approve' ? approvals.approved(done) : approvals.denied(done))
    setAsked(null)
    onDone()
  }
  return (
    <>
      {!empty && (
        <Paper withBorder px="sm" py={8} className={classes.bar}>
          <Text size="sm" c={ticked.length === 0 ? 'dimmed' : undefined} role="status">
            {approvals.ticked(ticked.length)}
          </Text>
          <Group gap="xs">
            <Button
              className={classes.touch}
              leftSection={<IconCheck size={16} aria-hidden />}
              disabled={ticked.length === 0}
              onClick={() => setAsked({ decision: 'approve', items: ticked })}
            >
              {approvals.approve} …
            </Button>
            <Button
              variant="default"
              className={classes.touch}
              leftSection={<IconX size={16} aria-hidden />}
              disabled={ticked.length === 0}
              onClick={() => setAsked({ decision: 'deny', items: ticked })}
            >
              {approvals.deny} …
            </Button>
          </Group>
        </Paper>
      )}
      {refusals.length > 0 && <Refusals refusals={refusals} onClose={() => setRefusals([])} />}
      <Dialog asked={asked} onClose={() => setAsked(null)} onDecided={decided} />
    </>
  )
}

interface DialogProps {
  asked: Asked | null
  onClose: () => void
  onDecided: (asked: Asked, results: AnswerOf<'decideRequests'>['results']) => void
}

function Dialog({ asked, onClose, onDecided }: DialogProps) {
  useReturnFocus(asked !== null)
  const title =
    asked === null
      ? ''
      : asked.decision === 'approve'
        ? approvals.approveTitle(asked.items.length)
        : approvals.denyTitle(asked.items.length)
  return (
    <Modal opened={asked !== null} onClose={onClose} title={title}>
      {asked && <Question asked={asked} onClose={onClose} onDecided={onDecided} />}
    </Modal>
  )
}

function Question({ asked, onClose, onDecided }: DialogProps & { asked: Asked }) {
  const { common } = useText()
  const { decision, items } = asked
  const [answer, setAnswer] = useState('')
  const deed = useDeed('decideRequests', ['requests', 'messages', 'deliveries'])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (deed.isPending) return
    const body = { ids: items.map(({ id }) => id), decision, answer: answer.trim() }
    deed.mutate({ body }, { onSuccess: ({ results }) => onDecided(asked, results) })
  }
  const isApproval = decision === 'approve'
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">
          {isApproval ? approvals.approveText(items.length) : approvals.denyText(items.length)}
        </Text>
        <Textarea
          label={approvals.answer}
          description={approvals.answerHint}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={answerLimit}
          value={answer}
          onChange={(event) => setAnswer(event.currentTarget.value)}
          data-autofocus
        />
        {deed.error && <Failure error={deed.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" className={classes.touch} onClick={onClose}>
            {common.cancel}
          </Button>
          <Button
            type="submit"
            className={classes.touch}
            color={isApproval ? undefined : 'red'}
            loading={deed.isPending}
          >
            {isApproval ? approvals.approve : approvals.deny}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Refusals({ refusals, onClose }: { refusals: readonly Refusal[]; onClose: () => void }) {
  const { common } = useText()
  return (
    <Alert color="yellow" variant="light" role="status" p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={500}>
          {approvals.refused(refusals.length)}
        </Text>
        <CloseButton size="sm" aria-label={common.close} onClick={onClose} />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <ul className={classes.refusals} aria-label={approvals.refusals} tabIndex={0}>
        {refusals.map(({ id, subject, recipient, text }) => (
          <li key={id}>
            <MailText fw={500} whenEmpty={common.noSubject}>
              {subject.slice(0, 200)}
            </MailText>{' '}
            (<MailText>{recipient}</MailText>): <MailText>{text}</MailText>
          </li>
        ))}
      </ul>
    </Alert>
  )
}
