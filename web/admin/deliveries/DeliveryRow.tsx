/** One delivery: a row, and below it, when it is open, all its attempts. */
import { Skeleton, Stack, Table, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useApi } from '../../api/hooks.ts'
import { deliveries } from '../../text/en/deliveries.ts'
import { useText } from '../../text/index.ts'
import { count } from '../../text/plural.ts'
import cards from '../../ui/cards.module.css'
import { Failure } from '../../ui/Failure.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import { Tick } from '../../ui/Tick.tsx'
import { Time } from '../../ui/times.tsx'
import { Attempts } from '../message/Attempts.tsx'
import classes from './deliveries.module.css'
import { NextAttempt } from './NextAttempt.tsx'
import type { Delivery } from './useDeliveries.ts'

export interface DeliveryRowProps {
  item: Delivery
  open: boolean
  onOpen: () => void
  /** Null: it cannot be ticked. */
  ticked: boolean | null
  onTick: (on: boolean) => void
}

export function DeliveryRow({ item, open, onOpen, ticked, onTick }: DeliveryRowProps) {
  const { common } = useText()
  const id = useId()
  const words = wordsOf(item)
  return (
    <>
      <Table.Tr
        className={cards.row}
        data-ticked={ticked || undefined}
        data-tickable={ticked !== null || undefined}
      >
        {ticked !== null && (
          <Table.Td className={cards.tick}>
            <Tick label={deliveries.tick(visible(item.recipient))} checked={ticked} onChange={onTick} />
          </Table.Td>
        )}
        <Table.Td className={classes.recipient}>
          <UnstyledButton
            className={classes.opener}
            onClick={onOpen}
            aria-expanded={open}
            aria-controls={open ? id : undefined}
            title={visible(item.recipient)}
          >
            <IconChevronRight
              size={16}
              className={classes.chevron}
              data-open={open || undefined}
              aria-hidden
            />
            <span className="cut">
              <MailText>{item.recipient}</MailText>
            </span>
          </UnstyledButton>
        </Table.Td>
        <Table.Td className={`cut ${classes.subject}`} title={visible(item.subject)}>
          <Link to="/query/$id" params={{ id: item.message }} search={{}} className={classes.link}>
            <MailText>{item.subject || common.noSubject}</MailText>
          </Link>
        </Table.Td>
        <Table.Td data-label={deliveries.since}>
          <Time at={item.createdAt} style="relative" />
        </Table.Td>
        <Table.Td data-label={deliveries.attempts} className={classes.number} pr="lg">
          {count(item.attemptCount)}
        </Table.Td>
        <Table.Td data-label={item.state === 'due' ? deliveries.next : deliveries.ended}>
          {item.nextAttemptAt !== null && <NextAttempt at={item.nextAttemptAt} />}
          {item.endedAt !== null && <Time at={item.endedAt} style="relative" />}
        </Table.Td>
        <Table.Td className={classes.wordsCell}>
          <div className={classes.words} title={visible(words)}>
            {item.lastAttempt === null ? (
              <Text span inherit c="dimmed" ff="text" fz="sm">
                {deliveries.notTried}
              </Text>
            ) : (
              <MailText whenEmpty={deliveries.noWords}>{words}</MailText>
            )}
          </div>
        </Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr className={classes.details} id={id}>
          <Table.Td colSpan={ticked === null ? 6 : 7}>
            <Details id={item.id} attempts={item.attemptCount} />
          </Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

/** `451 4.7.1 Try again later` */
function wordsOf({ lastAttempt }: Delivery): string {
  if (!lastAttempt) return ''
  const { code, status, reply } = lastAttempt
  return [code ?? '', status, reply].filter((word) => word !== '').join(' ')
}

function Details({ id, attempts }: { id: string; attempts: number }) {
  const { common } = useText()
  const { data, error, refetch } = useApi('showDelivery', { params: { id } })
  if (error && !data) return <Failure error={error} retry={() => void refetch()} />
  if (!data) return <Skeleton height={Math.min(400, 60 + 32 * attempts)} />
  return (
    <Stack gap="xs" className={classes.attempts}>
      <dl className={classes.facts}>
        <div>
          <dt>{deliveries.from}</dt>
          <dd>
            <MailText whenEmpty={common.nullSender}>{data.sender}</MailText>
          </dd>
        </div>
        {data.orderedBy !== '' && (
          <div>
            <dt>{deliveries.orderedBy}</dt>
            <dd>
              <MailText>{data.orderedBy}</MailText>
            </dd>
          </div>
        )}
        {data.note !== '' && (
          <div>
            <dt>{deliveries.note}</dt>
            <dd>
              <MailText>{data.note}</MailText>
            </dd>
          </div>
        )}
      </dl>
      <Attempts delivery={data} address={data.recipient} />
    </Stack>
  )
}
