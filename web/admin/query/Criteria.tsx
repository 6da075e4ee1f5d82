/** The form: what to look for. Enter in any field is Display Log. On a narrow screen all but the line can be folded. */
import {
  Box,
  Button,
  Collapse,
  Group,
  Loader,
  NativeSelect,
  Paper,
  Pill,
  SimpleGrid,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { type FormEvent, type Ref, Suspense, useId, useState } from 'react'
import { exclusionOf, textFields } from '../../../src/api/search.ts'
import { useApi } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { visible } from '../../ui/MailText.tsx'
import { useTimeZone } from '../../ui/times.tsx'
import { patternFields } from './address.ts'
import { Dates } from './Dates.tsx'
import { choiceOf } from './dateChoice.ts'
import { ExactDates } from './later.ts'
import { PatternField } from './PatternField.tsx'
import classes from './query.module.css'
import { SearchBox } from './SearchBox.tsx'
import type { Draft } from './useDraft.ts'

export interface CriteriaProps {
  draft: Draft
  busy: boolean
  boxRef: Ref<HTMLInputElement>
  onDisplay: () => void
  onReset: () => void
}

export function Criteria({ draft, busy, boxRef, onDisplay, onReset }: CriteriaProps) {
  const { query } = useText()
  const explained = useId()
  const form = useId()
  const narrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
  const [unfolded, setUnfolded] = useState(false)
  const size = narrow ? 'sm' : 'md'
  const [exact, setExact] = useState(false)
  const zone = useTimeZone()
  const { from = '', to = '', timeZone = zone } = draft.criteria
  const showExact = exact || choiceOf({ from, to }) === 'exact'
  const chosen = Object.keys(draft.criteria).filter((name) => name !== 'timeZone').length
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onDisplay()
  }
  const reset = () => {
    setExact(false)
    onReset()
  }
  return (
    <Paper component="section" withBorder p={{ base: 'sm', sm: 'md' }} aria-label={query.criteria}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <div className={classes.formHead}>
            <Title order={2} size="sm">
              {query.criteria}
            </Title>
            <Text size="xs" c="dimmed" id={explained} className={classes.explained}>
              {query.hintWhole}
            </Text>
          </div>
          <div className={classes.line}>
            <SearchBox draft={draft} inputRef={boxRef} />
            <Group gap="xs" wrap="nowrap" className={classes.formButtons}>
              {narrow && (
                <Button
                  variant="default"
                  onClick={() => setUnfolded(!unfolded)}
                  aria-expanded={unfolded}
                  aria-controls={form}
                >
                  {query.criteriaCount(chosen)}
                </Button>
              )}
              <Button size={size} variant="default" onClick={reset} type="button">
                {query.reset}
              </Button>
              <Button size={size} type="submit" data-busy={busy || undefined}>
                {query.display}
              </Button>
            </Group>
          </div>
          <Collapse expanded={!narrow || unfolded} id={form} keepMounted={false}>
            <Stack gap="xs">
              <Fields draft={draft} explained={explained} exact={exact} onExact={setExact} />
              {showExact && (
                <Group align="flex-end" gap="sm">
                  <Suspense fallback={<Loader size="sm" h={61} />}>
                    <ExactDates from={from} to={to} onChange={(changes) => draft.set(changes)} />
                  </Suspense>
                  <Text size="xs" c="dimmed" pb={10}>
                    {query.zone(timeZone)}
                  </Text>
                </Group>
              )}
              <LeftOut draft={draft} />
            </Stack>
          </Collapse>
        </Stack>
      </form>
    </Paper>
  )
}

interface FieldsProps {
  draft: Draft
  explained: string
  exact: boolean
  onExact: (exact: boolean) => void
}

function Fields({ draft, explained, exact, onExact }: FieldsProps) {
  const { query, common } = useText()
  const values = useApi('listCriteria', {}, { staleTime: 60_000 })
  const known = {
    area: values.data?.areas ?? [],
    reason: values.data?.reasons ?? [],
    scanner: values.data?.scanners ?? [],
  }
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 5 }} spacing="sm" verticalSpacing="xs">
        {(['area', 'reason', 'scanner'] as const).map((name) => (
          <PatternField key={name} name={name} draft={draft} explained={explained} values={known[name]} />
        ))}
        <Dates draft={draft} exact={exact} onExact={onExact} />
        <NativeSelect
          label={query.state}
          classNames={{ label: classes.label }}
          value={draft.criteria.state?.toLowerCase() ?? ''}
          onChange={(event) => draft.set({ state: event.currentTarget.value })}
          data={[
            { value: '', label: query.anyState },
            ...Object.entries(common.states).map(([value, label]) => ({ value, label })),
          ]}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm" verticalSpacing="xs">
        {patternFields.map((name) => (
          <PatternField
            key={name}
            name={name}
            draft={draft}
            explained={explained}
            {...(name === 'rule' ? { values: values.data?.rules ?? [] } : {})}
          />
        ))}
      </SimpleGrid>
    </>
  )
}

/** What the form has no field for: exclusions, which are written in the line. */
function LeftOut({ draft }: { draft: Draft }) {
  const { query } = useText()
  const left = textFields.flatMap((field) => {
    const name = exclusionOf(field)
    const value = draft.criteria[name]
    return value ? [{ name, field, value }] : []
  })
  if (left.length === 0) return null
  return (
    <Box>
      <Pill.Group aria-label={query.excludedLabel}>
        {left.map(({ name, field, value }) => (
          <Pill
            key={name}
            withRemoveButton
            onRemove={() => draft.set({ [name]: undefined })}
            removeButtonProps={{
              'aria-label': query.removeExcluded(query.fields[field], visible(value)),
              'aria-hidden': false,
              tabIndex: 0,
            }}
          >
            <bdi>{query.excluded(query.fields[field], visible(value))}</bdi>
          </Pill>
        ))}
      </Pill.Group>
    </Box>
  )
}
