/** Search by words, filter by reason, order. */
import { ActionIcon, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type FormEvent, useEffect, useState } from 'react'
import { useWords } from '../../text/user.ts'
import styles from './list.module.css'
import { type Sort, sorts, type Wish } from './wish.ts'

export function Filters({ wish, onChange }: { wish: Wish; onChange: (changes: Partial<Wish>) => void }) {
  const { list, reasons } = useWords()
  const [words, setWords] = useState(wish.q)
  useEffect(() => setWords(wish.q), [wish.q])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onChange({ q: words.trim() })
  }
  const known = Object.entries(reasons).filter(([reason]) => reason !== 'other')
  return (
    <search className={styles.filters}>
      <form onSubmit={submit} className={styles.search}>
        <TextInput
          size="md"
          aria-label={list.search}
          placeholder={list.search}
          value={words}
          maxLength={200}
          onChange={(event) => setWords(event.currentTarget.value)}
          enterKeyHint="search"
          rightSectionWidth={words === '' ? 44 : 88}
          rightSection={
            <>
              {words !== '' && (
                <CloseButton
                  size="lg"
                  aria-label={list.clear}
                  onClick={() => {
                    setWords('')
                    onChange({ q: '' })
                  }}
                />
              )}
              <ActionIcon type="submit" variant="subtle" size={40} aria-label={list.searchShort}>
                <IconSearch size={20} stroke={1.8} aria-hidden />
              </ActionIcon>
            </>
          }
        />
      </form>
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
