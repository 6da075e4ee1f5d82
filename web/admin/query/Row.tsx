/** One message of a result. Plain elements: five hundred of them must be there at once. */
import { memo } from 'react'
import { useText } from '../../text/index.ts'
import { visible } from '../../ui/MailText.tsx'
import type { Times } from '../../ui/times.tsx'
import type { Item } from './address.ts'
import cells from './cells.module.css'
import { type ColumnId, numeric, type optionalColumns } from './columns.tsx'
import { Plain } from './Plain.tsx'
import rows from './rows.module.css'
import { StateCell } from './StateCell.tsx'

export interface RowProps {
  item: Item
  ticked: boolean
  /** Of the Quarantine Query page of this message. */
  href: string
  columns: readonly ColumnId[]
  times: Times
  optional: (id: (typeof optionalColumns)[number], item: Item) => React.ReactNode
  /** False: there is nothing that could be done with ticked rows. */
  tickable: boolean
}

export const Row = memo(function Row({ item, ticked, href, columns, times, optional, tickable }: RowProps) {
  const { query, common } = useText()
  const subject = visible(item.subject) || common.noSubject
  const over = item.recipients.every(({ state }) => state === 'deleted' || state === 'expired')
  return (
    <tr data-id={item.id} data-ticked={ticked || undefined} data-over={over || undefined}>
      {tickable && (
        <td className={rows.tick}>
          <label>
            <input
              type="checkbox"
              checked={ticked}
              data-tick={item.id}
              aria-label={query.tickRow(subject)}
              // The table hears the click: it knows whether shift was held.
              onChange={() => undefined}
            />
          </label>
        </td>
      )}
      {columns.map((id) => {
        switch (id) {
          case 'receivedAt':
            return (
              <td key={id} data-column={id}>
                <a href={href} data-open={item.id} title={times.full(item.receivedAt)}>
                  <time dateTime={item.receivedAt}>{times.short(item.receivedAt)}</time>
                </a>
              </td>
            )
          case 'sender':
            return (
              <td key={id} data-column={id} title={visible(item.sender)}>
                <Plain text={item.sender} whenEmpty={common.nullSender} />
              </td>
            )
          case 'recipients':
            return (
              <td key={id} data-column={id}>
                <Addresses recipients={item.recipients} />
              </td>
            )
          case 'subject':
            return (
              <td key={id} data-column={id} title={visible(item.subject)}>
                <Plain text={item.subject} whenEmpty={common.noSubject} />
              </td>
            )
          case 'reason':
            return (
              <td key={id} data-column={id} title={visible(item.explanation)}>
                <span className={cells.reason} data-reason={item.reason}>
                  {visible(item.reason)}
                </span>
              </td>
            )
          case 'states':
            return (
              <td key={id} data-column={id}>
                <StateCell recipients={item.recipients} />
              </td>
            )
          default:
            return (
              <td
                key={id}
                data-column={id}
                data-numeric={numeric.has(id) || undefined}
                data-label={query.columns[id]}
                title={
                  typeof item[id as keyof Item] === 'string'
                    ? visible(String(item[id as keyof Item]))
                    : undefined
                }
              >
                {optional(id, item)}
              </td>
            )
        }
      })}
    </tr>
  )
})

function Addresses({ recipients }: { recipients: Item['recipients'] }) {
  const { query } = useText()
  const first = recipients[0]?.address ?? ''
  return (
    <span className={cells.first} title={visible(first)}>
      <span className="cut">
        <Plain text={first} />
      </span>
      {recipients.length > 1 && (
        <span className={cells.more}>{query.moreRecipients(recipients.length - 1)}</span>
      )}
    </span>
  )
}
