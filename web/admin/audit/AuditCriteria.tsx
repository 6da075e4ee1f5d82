/** What of the audit log is shown: who, which deed, on what, from when to when. */
import { Button, Group, Paper, SimpleGrid, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { audit } from '../../text/en/audit.ts'

const fields = ['actor', 'deed', 'target', 'from', 'to'] as const
export type Criteria = Partial<Record<(typeof fields)[number], string>>

const day = /^\d{4}-\d\d-\d\d$/

/** Of an address; what is no day is no criterion. */
export function criteriaOf(search: Record<string, unknown>): Criteria {
  const criteria: Criteria = {}
  for (const field of fields) {
    const value = String(search[field] ?? '').trim()
    const isDay = field === 'from' || field === 'to'
    if (value !== '' && (!isDay || (day.test(value) && !Number.isNaN(Date.parse(value)))))
      criteria[field] = value
  }
  return criteria
}

export interface AuditCriteriaProps {
  criteria: Criteria
  onShow: (criteria: Criteria) => void
}

export function AuditCriteria({ criteria, onShow }: AuditCriteriaProps) {
  const [typed, setTyped] = useState<Criteria>(criteria)
  const set = (field: keyof Criteria) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setTyped((before) => ({ ...before, [field]: value }))
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onShow(criteriaOf(typed))
  }
  return (
    <Paper component="form" withBorder p="md" onSubmit={submit} role="search">
      <SimpleGrid cols={{ base: 2, md: 5 }} spacing="sm" verticalSpacing="xs">
        <TextInput
          label={audit.actor}
          title={audit.actorHint}
          placeholder="admin"
          value={typed.actor ?? ''}
          onChange={set('actor')}
          maxLength={200}
        />
        <TextInput
          label={audit.deed}
          title={audit.deedHint}
          placeholder="message.*"
          value={typed.deed ?? ''}
          onChange={set('deed')}
          maxLength={100}
        />
        <TextInput
          label={audit.target}
          title={audit.targetHint}
          value={typed.target ?? ''}
          onChange={set('target')}
          maxLength={200}
        />
        <TextInput type="date" label={audit.from} value={typed.from ?? ''} onChange={set('from')} />
        <TextInput type="date" label={audit.to} value={typed.to ?? ''} onChange={set('to')} />
      </SimpleGrid>
      <Group mt="sm" gap="xs">
        <Button type="submit">{audit.show}</Button>
        {Object.keys(criteria).length > 0 && (
          <Button variant="subtle" color="gray" onClick={() => onShow({})}>
            {audit.reset}
          </Button>
        )}
      </Group>
    </Paper>
  )
}
