/** The messages of one page: a table where there is room for it, cards where there is not. */
import { Checkbox, Skeleton, Stack, Table } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useWords } from '../../text/user.ts'
import { visible } from '../../ui/MailText.tsx'
import type { MyMessage } from '../api.ts'
import { Moment, useMoments } from '../Moment.tsx'
import type { Deeds } from '../useDeeds.ts'
import { ForWhom, RowDeeds, Sender, Subject, Why } from './cells.tsx'
import styles from './list.module.css'

export interface MessagesProps {
  items: readonly MyMessage[]
  severalAddresses: boolean
  selected: ReadonlySet<string>
  onSelect: (ids: ReadonlySet<string>) => void
  deeds: Deeds
}

export function Messages(props: MessagesProps) {
  const roomy = useMediaQuery('(min-width: 68em)', undefined, { getInitialValueInEffect: false })
  return roomy ? <Rows {...props} /> : <Cards {...props} />
}

export const MessagesSkeleton = () => (
  <Stack gap="xs" aria-hidden>
    {[1, 2, 3, 4, 5].map((n) => (
      <Skeleton key={n} h={84} radius="md" />
    ))}
  </Stack>
)

function Tick({
  item,
  selected,
  onSelect,
}: { item: MyMessage } & Pick<MessagesProps, 'selected' | 'onSelect'>) {
  const { list, noSubject } = useWords()
  return (
    <Checkbox
      size="md"
      className={styles.tick ?? ''}
      aria-label={list.select(visible(item.subject).slice(0, 200) || noSubject)}
      checked={selected.has(item.id)}
      onChange={() => {
        const next = new Set(selected)
        if (!next.delete(item.id)) next.add(item.id)
        onSelect(next)
      }}
    />
  )
}

function TickAll({ items, selected, onSelect, label }: MessagesProps & { label?: string }) {
  const { list } = useWords()
  const all = items.every(({ id }) => selected.has(id))
  return (
    <Checkbox
      size="md"
      className={styles.tick ?? ''}
      {...(label === undefined ? { 'aria-label': list.selectAll } : { label })}
      checked={all}
      indeterminate={!all && selected.size > 0}
      onChange={() => onSelect(new Set(all ? [] : items.map(({ id }) => id)))}
    />
  )
}

function Rows(props: MessagesProps) {
  const { items, severalAddresses, deeds } = props
  const { list } = useWords()
  return (
    <Table className={styles.table ?? ''} layout="fixed" verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={44}>
            <TickAll {...props} />
          </Table.Th>
          <Table.Th w="22%">{list.from}</Table.Th>
          <Table.Th>{list.subject}</Table.Th>
          <Table.Th w="15%">{list.why}</Table.Th>
          <Table.Th w="13%">{list.received}</Table.Th>
          <Table.Th w={316}>
            <span className="unseen">{list.notSpam}</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((item) => (
          <Table.Tr key={item.id}>
            <Table.Td>
              <Tick item={item} {...props} />
            </Table.Td>
            <Table.Td>
              <Sender item={item} />
            </Table.Td>
            <Table.Td>
              <Subject item={item} />
              {severalAddresses && <ForWhom item={item} />}
            </Table.Td>
            <Table.Td>
              <Why item={item} />
            </Table.Td>
            <Table.Td>
              <Moment at={item.receivedAt} />
              <Expiry item={item} />
            </Table.Td>
            <Table.Td>
              <RowDeeds item={item} deeds={deeds} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Cards(props: MessagesProps) {
  const { items, severalAddresses, deeds } = props
  const { list } = useWords()
  return (
    <>
      <TickAll {...props} label={list.selectAll} />
      <ul className={styles.cards}>
        {items.map((item) => (
          <li key={item.id} className={styles.card}>
            <Tick item={item} {...props} />
            <div className={styles.body}>
              <div className={styles.top}>
                <Sender item={item} />
                <span className={styles.when}>
                  <Moment at={item.receivedAt} />
                </span>
              </div>
              <Subject item={item} />
              {severalAddresses && <ForWhom item={item} />}
              <div className={styles.facts}>
                <Why item={item} />
                <Expiry item={item} />
              </div>
              <RowDeeds item={item} deeds={deeds} />
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}

function Expiry({ item: { expiresAt, may } }: { item: MyMessage }) {
  const { list } = useWords()
  const moments = useMoments()
  if (expiresAt === null || !(may.delete || may.restore)) return null
  return (
    <div className={styles.small} title={`${list.expires} ${moments.full(expiresAt)}`}>
      {list.deletedBy(moments.ahead(expiresAt))}
    </div>
  )
}
