/** Words to search a list by: they count when they are sent off, and follow the address when that changes. */
import { ActionIcon, CloseButton, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type FormEvent, useEffect, useState } from 'react'

export interface SearchFieldProps {
  /** What is searched for now. */
  q: string
  onSearch: (q: string) => void
  words: { search: string; clear: string; find: string }
  className?: string | undefined
}

export function SearchField({ q, onSearch, words, className }: SearchFieldProps) {
  const [typed, setTyped] = useState(q)
  useEffect(() => setTyped(q), [q])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSearch(typed.trim())
  }
  return (
    <form onSubmit={submit} className={className}>
      <TextInput
        size="md"
        aria-label={words.search}
        placeholder={words.search}
        value={typed}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        onChange={(event) => setTyped(event.currentTarget.value)}
        rightSectionWidth={typed === '' ? 44 : 88}
        rightSection={
          <>
            {typed !== '' && (
              <CloseButton
                size="lg"
                aria-label={words.clear}
                onClick={() => {
                  setTyped('')
                  onSearch('')
                }}
              />
            )}
            <ActionIcon type="submit" variant="subtle" size={40} aria-label={words.find}>
              <IconSearch size={20} stroke={1.8} aria-hidden />
            </ActionIcon>
          </>
        }
      />
    </form>
  )
}
