/** Search by words, filter by reason, order. */
import { NativeSelect } from '@mantine/core'
import { useWords } from '../../text/user.ts'
import { SearchField } from '../../ui/SearchField.tsx'
import styles from './list.module.css'
import { type Sort, sorts, type Wish } from './wish.ts'

export function Filters({ wish, onChange }: { wish: Wish; onChange: (changes: Partial<Wish>) => void }) {
  const { list, reasons } = useWords()
  const known = Object.entries(reasons).filter(([reason]) => reason !== 'other')
  return (
    <search className={styles.filters}>
      <SearchField
        className={styles.search}
        q={wish.q}
        onSearch={(q) => onChange({ q })}
        words={{ search: list.search, clear: list.clear, find: list.searchShort }}
      />
      <NativeSelect
        size="md"
        aria-label={list.reason}
        value={wish.reason}
        onChange={(event) => onChange({ reason: event.currentTarget.value })}
        data={[
          { value: '', label: list.allReasons },
          ...(wish.reason !== '' && !known.some(([reason]) => reason === wish.reason)
            ? [{ value: wish.reason, label: wish.reason }]
            : []),
          ...known.map(([value, { short }]) => ({ value, label: short })),
        ]}
      />
      <NativeSelect
        size="md"
        aria-label={list.sort}
        value={wish.sort}
        onChange={(event) => onChange({ sort: event.currentTarget.value as Sort })}
        data={sorts.map((value) => ({ value, label: list.sorts[value] }))}
      />
    </search>
  )
}
