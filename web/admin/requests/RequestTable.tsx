/** Requests in a table, on a narrow screen as cards. All of it but the outcome was written by others, and is text. */
import { Badge, Paper, Table, Text, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AnswerOf } from '../../api/client.ts'
import { approvals } from '../../text/en/approvals.ts'
import { useText } from '../../text/index.ts'
import cards from '../../ui/cards.module.css'
import { MailText, visible, visibleLines } from '../../ui/MailText.tsx'
import { Tick } from '../../ui/Tick.tsx'
import { Time } from '../../ui/times.tsx'
import classes from './requests.module.css'

export type Request = AnswerOf<'listRequests'>['items'][number]

export interface RequestTableProps {
  items: readonly Request[]
  /** Null: nothing can be ticked. */
  ticked: ReadonlySet<string> | null
  onTick: (ticked: ReadonlySet<string>) => void
}

export function RequestTable({ items, ticked, onTick }: RequestTableProps) {
  const free = items.filter(({ mayDecide }) => mayDecide).map(({ id }) => id)
  const all = free.length > 0 && free.every((id) => ticked?.has(id))
  const some = free.some((id) => ticked?.has(id))
  const ended = items.some(({ state }) => state !== 'open')
  return (
    <Paper withBorder className={cards.paper}>
      <Table
        layout="fixed"
        verticalSpacing={10}
        horizontalSpacing="sm"
        className={`${cards.table} ${classes.table}`}
        aria-label={approvals.list}
      >
        <Table.Thead>
          <Table.Tr>
            {ticked && (
              <Table.Th className={cards.tickAll}>
                <Tick
                  label={approvals.tickAll}
                  labelled
                  checked={all}
                  indeterminate={some && !all}
                  disabled={free.length === 0}
                  onChange={(on) => onTick(new Set(on ? free : []))}
                />
              </Table.Th>
            )}
            <Table.Th w={140}>{approvals.asked}</Table.Th>
            <Table.Th w="20%">{approvals.recipient}</Table.Th>
            <Table.Th>{approvals.message}</Table.Th>
            <Table.Th w="14%">{approvals.reason}</Table.Th>
            <Table.Th w={ended ? '18%' : '24%'}>{approvals.note}</Table.Th>
            {ended && <Table.Th w="16%">{approvals.outcome}</Table.Th>}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <Row
              key={item.id}
              item={item}
              ended={ended}
              ticked={ticked ? ticked.has(item.id) && item.mayDecide : null}
              onTick={(on) => {
                const next = new Set(ticked)
                if (on) next.add(item.id)
                else next.delete(item.id)
                onTick(next)
              }}
            />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

interface RowProps {
  item: Request
  ended: boolean
  ticked: boolean | null
  onTick: (on: boolean) => void
}

function Row({ item, ended, ticked, onTick }: RowProps) {
  const { common } = useText()
  const subject = visible(item.subject).slice(0, 200) || common.noSubject
  const othersAsked = item.askedBy.toLowerCase() !== item.recipient.toLowerCase()
  return (
    <Table.Tr
      className={`${cards.row} ${classes.row}`}
      data-ticked={ticked || undefined}
      data-tickable={ticked !== null || undefined}
    >
      {ticked !== null && (
        <Table.Td className={cards.tick}>
          <Tick
            label={approvals.tick(subject, visible(item.recipient).slice(0, 200))}
            checked={ticked}
            disabled={!item.mayDecide}
            why={item.state === 'open' && !item.mayDecide ? approvals.mayNot : undefined}
            onChange={onTick}
          />
        </Table.Td>
      )}
      <Table.Td data-label={approvals.asked}>
        <Time at={item.askedAt} style="relative" />
      </Table.Td>
      <Table.Td className={classes.any} data-label={approvals.recipient}>
        <div className="cut" title={visible(item.recipient)}>
          <MailText>{item.recipient}</MailText>
        </div>
        {othersAsked && (
          <Text size="xs" c="dimmed" className="cut" component="div" title={visible(item.askedBy)}>
            {approvals.askedBy} <MailText>{item.askedBy}</MailText>
          </Text>
        )}
      </Table.Td>
      <Table.Td className={`${classes.any} ${classes.subject}`}>
        <Link
          to="/query/$id"
          params={{ id: item.message }}
          search={{}}
          className={`cut ${classes.link}`}
          title={visible(item.subject)}
        >
          <MailText whenEmpty={common.noSubject}>{item.subject}</MailText>
        </Link>
        <Text
          size="xs"
          c="dimmed"
          className="cut"
          component="div"
          title={visible(`${item.from}\n${item.sender}`)}
        >
          {approvals.from} <MailText whenEmpty={common.nullSender}>{item.sender}</MailText>
        </Text>
      </Table.Td>
      <Table.Td className={classes.any} data-label={approvals.reason} title={visible(item.explanation)}>
        <div className="cut">
          <MailText>{item.reason}</MailText>
        </div>
        <Text size="xs" c="dimmed" className="cut" component="div">
          {approvals.area} <MailText>{item.area}</MailText>
        </Text>
      </Table.Td>
      <Table.Td className={classes.any} data-label={approvals.note}>
        {item.note === '' ? (
          <Text span inherit c="dimmed">
            {approvals.noNote}
          </Text>
        ) : (
          <div className={classes.note} dir="auto" title={visible(item.note)}>
            {visibleLines(item.note)}
          </div>
        )}
      </Table.Td>
      {ended && (
        <Table.Td className={classes.any}>
          <Outcome item={item} />
        </Table.Td>
      )}
    </Table.Tr>
  )
}

const colors = { open: 'blue', approved: 'green', denied: 'red', withdrawn: 'gray', void: 'gray' } as const

function Outcome({ item: { state, decidedAt, decidedBy, answer } }: { item: Request }) {
  const badge = (
    <Badge className="state" variant="light" color={colors[state]} tt="none" fw={500} radius="sm">
      {approvals.ended[state]}
    </Badge>
  )
  return (
    <>
      {state === 'void' ? <Tooltip label={approvals.lapsed}>{badge}</Tooltip> : badge}
      {decidedAt !== null && (
        <Text size="xs" c="dimmed" component="div">
          <Time at={decidedAt} style="relative" /> {approvals.decidedBy} <MailText>{decidedBy}</MailText>
        </Text>
      )}
      {answer !== '' && (
        <div className={classes.note} dir="auto" title={visible(answer)}>
          {visibleLines(answer)}
        </div>
      )}
    </>
  )
}
