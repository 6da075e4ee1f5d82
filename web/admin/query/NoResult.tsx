/** Nothing was found: says what was searched for, and what to leave out to find more. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconMailOff } from '@tabler/icons-react'
import { type FilterText, type TextField, textFields } from '../../../src/api/search.ts'
import type { Text as Words } from '../../text/index.ts'
import { useText } from '../../text/index.ts'
import { Empty } from '../../ui/Empty.tsx'
import { MailText, visible } from '../../ui/MailText.tsx'
import { criterionNames } from './address.ts'
import { choiceOf } from './dateChoice.ts'

export interface NoResultProps {
  criteria: FilterText
  /** Asked for a page behind the last. */
  beyond: boolean
  onSearch: (criteria: FilterText) => void
}

export function NoResult({ criteria, beyond, onSearch }: NoResultProps) {
  const { query } = useText()
  const named = describe(criteria, query)
  const wider = widerOf(criteria)
  if (beyond)
    return (
      <Empty title={query.noSuchPage}>
        <Button variant="default" mt="xs" onClick={() => onSearch(criteria)}>
          {query.firstPage}
        </Button>
      </Empty>
    )
  if (named.length === 0) return <Empty title={query.nothingAtAll}>{query.nothingAtAllText}</Empty>
  return (
    <Empty title={query.nothing} icon={<IconMailOff />}>
      <Stack gap="sm" align="center">
        <Text size="sm" component="div" role="status">
          {query.searched}{' '}
          {named.map(({ key, label, value }, i) => (
            <span key={key} style={{ overflowWrap: 'anywhere' }}>
              {i > 0 && ', '}
              {label.toLowerCase()} <MailText c="var(--mantine-color-text)">{value}</MailText>
            </span>
          ))}
          .
        </Text>
        <Text size="sm">{query.relax}</Text>
        <Group gap="xs" justify="center">
          {wider.map(({ field, value, instead }) => (
            <Button
              key={field}
              size="xs"
              variant="default"
              maw="100%"
              onClick={() => onSearch(instead)}
              title={visible(value)}
            >
              {query.fields[field]}&nbsp;<MailText>{value}</MailText>
            </Button>
          ))}
          {named.map(({ key, label, without }) => (
            <Button key={key} size="xs" variant="default" onClick={() => onSearch(without)}>
              {key === 'dates' ? query.allDates : query.without(label)}
            </Button>
          ))}
        </Group>
      </Stack>
    </Empty>
  )
}

interface Wider {
  field: TextField
  value: string
  instead: FilterText
}

/** What was probably meant: a bare value as part of one, and an address that was looked for in the subjects. */
function widerOf(criteria: FilterText): Wider[] {
  const { subject, ...others } = criteria
  const address = subject && /^\*?([^\s*]+@[^\s*]+)\*?$/.exec(subject)?.[1]
  const inside = textFields.flatMap((field): Wider[] => {
    const value = criteria[field]
    if (!value || value.includes('*') || (field === 'subject' && address)) return []
    return [{ field, value: `*${value}*`, instead: { ...criteria, [field]: `*${value}*` } }]
  })
  const elsewhere = (['sender', 'recipient'] as const).flatMap((field): Wider[] =>
    address && !criteria[field] ? [{ field, value: address, instead: { ...others, [field]: address } }] : [],
  )
  return [...elsewhere, ...inside]
}

interface Named {
  key: string
  label: string
  value: string
  without: FilterText
}

function describe(criteria: FilterText, query: Words['query']): Named[] {
  const { from = '', to = '', timeZone: _, ...others } = criteria
  const named: Named[] = []
  for (const name of criterionNames) {
    const value = criteria[name]
    if (!value || name === 'from' || name === 'to') continue
    const { [name]: __, ...without } = criteria
    const field = (name.startsWith('not') ? `${name[3]?.toLowerCase()}${name.slice(4)}` : name) as TextField
    const label = name === 'state' ? query.state : query.fields[field]
    named.push({ key: name, label: name === field ? label : `not ${label.toLowerCase()}`, value, without })
  }
  if (from || to)
    named.push({ key: 'dates', label: query.dates, value: datesInWords(from, to, query), without: others })
  return named
}

function datesInWords(from: string, to: string, query: Words['query']): string {
  const choice = choiceOf({ from, to })
  return choice === 'exact' || choice === 'written'
    ? query.written(from, to)
    : query.presets[choice].toLowerCase()
}
