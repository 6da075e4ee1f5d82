/** The states of a message's recipients in short; a press lists all of them. */
import { Popover, ScrollArea } from '@mantine/core'
import { memo, useState } from 'react'
import { useText } from '../../text/index.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { type CopyState, StateBadge } from '../../ui/StateBadge.tsx'
import type { Item } from './address.ts'
import classes from './cells.module.css'

const titleLines = 20
const listLines = 500
/** What needs a look first. */
const order: readonly CopyState[] = ['release-failed', 'releasing', 'held', 'delivered', 'deleted', 'expired']

export const StateCell = memo(function StateCell({ recipients }: { recipients: Item['recipients'] }) {
  const { query, common } = useText()
  const [opened, setOpened] = useState(false)
  const counts = new Map<CopyState, number>()
  for (const { state } of recipients) counts.set(state, (counts.get(state) ?? 0) + 1)
  const states = order.filter((state) => counts.has(state))
  const marks = states.map((state) => (
    <span key={state} className={classes.state} data-state={state}>
      {states.length > 1 || recipients.length > 1
        ? query.stateOf(common.states[state], counts.get(state) ?? 0, recipients.length)
        : common.states[state]}
    </span>
  ))
  if (recipients.length < 2) return <span className={classes.states}>{marks}</span>
  const title = recipients
    .slice(0, titleLines)
    .map(({ address, state }) => `${visible(address)}: ${common.states[state]}`)
  if (recipients.length > titleLines) title.push(common.more(recipients.length - titleLines))
  return (
    <>
      <button
        type="button"
        className={classes.states}
        title={opened ? undefined : title.join('\n')}
        aria-expanded={opened}
        aria-haspopup="dialog"
        onClick={() => setOpened(!opened)}
      >
        {marks}
      </button>
      {opened && <Recipients recipients={recipients} onClose={() => setOpened(false)} />}
    </>
  )
})

function Recipients({ recipients, onClose }: { recipients: Item['recipients']; onClose: () => void }) {
  const { query, common } = useText()
  return (
    <Popover opened onChange={onClose} position="bottom-end" shadow="md" width={360} trapFocus returnFocus>
      <Popover.Target>
        <span className={classes.anchor} />
      </Popover.Target>
      <Popover.Dropdown aria-label={query.allRecipients(recipients.length)} p="xs">
        <ScrollArea.Autosize mah={280} type="auto" viewportProps={{ tabIndex: 0 }} offsetScrollbars="present">
          <ul className={classes.recipients}>
            {recipients.slice(0, listLines).map(({ address, state }) => (
              <li key={address}>
                <span className="cut" title={visible(address)}>
                  <MailText>{address}</MailText>
                </span>
                <StateBadge state={state} />
              </li>
            ))}
            {recipients.length > listLines && <li>{common.more(recipients.length - listLines)}</li>}
          </ul>
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  )
}
