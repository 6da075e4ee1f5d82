/** Which requests, and in which order. */
import { ActionIcon, CloseButton, NativeSelect, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type FormEvent, useEffect, useState } from 'react'
import { approvals } from '../../text/en/approvals.ts'
import classes from './requests.module.css'
import { type Order, orders, type Wish } from './wish.ts'

export function Filters({ wish, onChange }: { wish: Wish; onChange: (changes: Partial<Wish>) => void }) {
  const [words, setWords] = useState(wish.q)
  useEffect(() => setWords(wish.q), [wish.q])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onChange({ q: words.trim() })
  }
  return (
    <search className={classes.filters}>
      <form onSubmit={submit}>
        <TextInput
          aria-label={approvals.search}
          placeholder={approvals.search}
          value={words}
          maxLength={200}
          classNames={{ input: classes.touch ?? '' }}
          onChange={(event) => setWords(event.currentTarget.value)}
          enterKeyHint="search"
          rightSectionWidth={words === '' ? 40 : 76}
          rightSection={
            <>
              {words !== '' && (
                <CloseButton
                  aria-label={approvals.clear}
                  onClick={() => {
                    setWords('')
                    onChange({ q: '' })
                  }}
                />
              )}
              <ActionIcon type="submit" variant="subtle" size={34} aria-label={approvals.find}>
                <IconSearch size={18} stroke={1.8} aria-hidden />
              </ActionIcon>
            </>
          }
        />
      </form>
      <NativeSelect
        aria-label={approvals.order}
        value={wish.order}
        classNames={{ input: classes.touch ?? '' }}
        onChange={(event) => onChange({ order: event.currentTarget.value as Order })}
        data={orders.map((value) => ({ value, label: approvals.orders[value] }))}
      />
    </search>
  )
}
