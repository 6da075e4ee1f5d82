/** What can be done with ticked deliveries, and what became of each. */
import { Alert, Button, CloseButton, Group, Paper, Text } from '@mantine/core'
import { IconPlayerPlay, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { deliveries } from '../../text/en/deliveries.ts'
import { useText } from '../../text/index.ts'
import { Confirm } from '../../ui/Confirm.tsx'
import { Failure } from '../../ui/Failure.tsx'
import { MailText } from '../../ui/MailText.tsx'
import classes from './deliveries.module.css'
import type { Delivery } from './useDeliveries.ts'
import { type Deed, type Outcome, useHandling } from './useHandling.ts'

export interface HandlingProps {
  /** Nothing is there that could be ticked. */
  empty: boolean
  ticked: readonly Delivery[]
  /** With the ids that were changed. */
  onDone: (ids: readonly string[]) => void
}

export function Handling({ empty, ticked, onDone }: HandlingProps) {
  const handling = useHandling()
  // What was asked about: the list goes on changing behind the question.
  const [asked, setAsked] = useState<readonly Delivery[] | null>(null)
  const run = (deed: Deed, items: readonly Delivery[]) =>
    handling.mutate(
      { deed, items },
      {
        onSuccess: ({ results }) => onDone(results.map(({ id }) => id)),
        onSettled: () => setAsked(null),
      },
    )
  const doing = handling.isPending ? handling.variables.deed : null
  return (
    <>
      <Paper withBorder px="sm" py={8} className={classes.bar} display={empty ? 'none' : undefined}>
        <Text size="sm" c={ticked.length === 0 ? 'dimmed' : undefined} fw={ticked.length === 0 ? 400 : 500}>
          {deliveries.ticked(ticked.length)}
        </Text>
        <Group gap="xs">
          <Button
            className={classes.touch}
            leftSection={<IconPlayerPlay size={16} />}
            disabled={ticked.length === 0 || doing === 'cancelDeliveries'}
            loading={doing === 'retryDeliveries'}
            onClick={() => run('retryDeliveries', ticked)}
          >
            {deliveries.retry}
          </Button>
          <Button
            variant="default"
            className={classes.touch}
            leftSection={<IconX size={16} />}
            disabled={ticked.length === 0 || doing !== null}
            onClick={() => setAsked(ticked)}
          >
            {deliveries.giveUp} …
          </Button>
        </Group>
      </Paper>
      {handling.error && <Failure error={handling.error} />}
      {handling.data && <Told outcome={handling.data} onClose={handling.reset} />}
      <Confirm
        opened={asked !== null}
        title={deliveries.giveUpTitle(asked?.length ?? 0)}
        confirmLabel={deliveries.giveUpConfirm(asked?.length ?? 0)}
        danger
        busy={handling.isPending}
        onClose={() => setAsked(null)}
        onConfirm={() => run('cancelDeliveries', asked ?? [])}
      >
        <Text size="sm">{deliveries.giveUpText(asked?.length ?? 0)}</Text>
      </Confirm>
    </>
  )
}

function Told({ outcome, onClose }: { outcome: Outcome; onClose: () => void }) {
  const { common } = useText()
  const done = outcome.results.filter(({ result }) => result === 'done').length
  const refused = outcome.results.length - done
  const sentence = outcome.deed === 'retryDeliveries' ? deliveries.retried(done) : deliveries.givenUp(done)
  return (
    <Alert color={refused === 0 ? 'green' : 'yellow'} variant="light" role="status" p="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm" fw={500}>
          {done > 0 && sentence} {refused > 0 && deliveries.refused(refused)}
        </Text>
        <CloseButton size="sm" aria-label={common.close} onClick={onClose} />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <ul className={classes.results} aria-label={deliveries.outcome} tabIndex={0}>
        {outcome.results
          .toSorted((a, b) => Number(a.result === 'done') - Number(b.result === 'done'))
          .map(({ id, recipient, text }) => (
            <li key={id}>
              <MailText fw={500}>{recipient}</MailText> <MailText>{text}</MailText>
            </li>
          ))}
      </ul>
    </Alert>
  )
}
