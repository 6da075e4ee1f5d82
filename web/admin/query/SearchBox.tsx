/** The search line: the whole form in one line of text, with a short help; what cannot be read is told in place. */
import { ActionIcon, Code, Popover, Stack, Text, TextInput } from '@mantine/core'
import { IconHelpCircle, IconSearch } from '@tabler/icons-react'
import { Fragment, type Ref, useState } from 'react'
import { useText } from '../../text/index.ts'
import { visible } from '../../ui/MailText.tsx'
import classes from './query.module.css'
import type { Draft } from './useDraft.ts'

export function SearchBox({ draft, inputRef }: { draft: Draft; inputRef: Ref<HTMLInputElement> }) {
  const { query } = useText()
  const [typing, setTyping] = useState(false)
  // What is still being typed at the end cannot be right yet.
  const end = draft.text.trimEnd().length
  const told = draft.problems.filter(({ at, length }) => !typing || at + length < end)
  return (
    <TextInput
      ref={inputRef}
      aria-label={query.box}
      placeholder={query.boxHint}
      leftSection={<IconSearch size={18} aria-hidden />}
      rightSection={<Help />}
      value={draft.text}
      onChange={(event) => {
        setTyping(true)
        draft.write(event.currentTarget.value)
      }}
      onBlur={() => setTyping(false)}
      onKeyDown={(event) => event.key === 'Enter' && setTyping(false)}
      autoComplete="off"
      spellCheck={false}
      maxLength={4000}
      size="md"
      error={
        told.length === 0 ? undefined : (
          <span role="alert">
            {told.map(({ at, what, remedy }) => (
              <span key={at} style={{ display: 'block' }}>
                {visible(what)} {remedy}
              </span>
            ))}
          </span>
        )
      }
    />
  )
}

function Help() {
  const { query } = useText()
  return (
    <Popover width={500} position="bottom-end" shadow="md" withArrow trapFocus={false}>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={query.boxHelp}>
          <IconHelpCircle size={18} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown
        aria-label={query.boxHelp}
        maw="calc(100vw - 24px)"
        mah="70vh"
        style={{ overflowY: 'auto' }}
      >
        <Stack gap="xs">
          <Text size="sm">{query.help.lead}</Text>
          <dl className={classes.help}>
            {query.help.rows.map(([example, meaning]) => (
              <Fragment key={example}>
                <dt>
                  <Code>{example}</Code>
                </dt>
                <dd>{meaning}</dd>
              </Fragment>
            ))}
          </dl>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
