/**
 * What is being typed: the form and the search line are two ways of writing the same criteria, and each fills the other.
 * An address that changes (back, forward, a link) replaces what was typed.
 */
import { useState } from 'react'
import type { FilterText } from '../../../src/api/search.ts'
import { parseSearchBox, type SearchBoxProblem, writeSearchBox } from '../../../src/api/search-box.ts'
import type { CriterionName } from './address.ts'

interface State {
  /** The criteria of the address that this began with. */
  from: string
  criteria: FilterText
  text: string
  problems: SearchBoxProblem[]
}

export interface Draft extends State {
  /** From the form. Undefined and '' are no criterion. */
  set(changes: Partial<Record<CriterionName | 'timeZone', string | undefined>>): void
  /** From the search line. */
  write(text: string): void
  clear(): void
  /** The criteria to search by, with the zone that their dates are in; null when they cannot be read. */
  finish(): FilterText | null
}

export function useDraft(address: FilterText, zone: string): Draft {
  const key = JSON.stringify(address)
  const [state, setState] = useState<State>(() => begin(address, key))
  if (state.from !== key) {
    const same = JSON.stringify(sorted(state.criteria)) === JSON.stringify(sorted(address))
    // What was written and has just been searched for stays as it was written.
    setState(same ? { ...state, from: key, criteria: address } : begin(address, key))
  }
  const zoneOf = (criteria: FilterText) => criteria.timeZone ?? zone
  return {
    ...state,
    set(changes) {
      setState((before) => {
        const criteria = { ...before.criteria, ...changes }
        for (const [name, value] of Object.entries(changes))
          if (!value) delete criteria[name as keyof FilterText]
        if (!criteria.from && !criteria.to) delete criteria.timeZone
        return { ...before, criteria, text: writeSearchBox(criteria), problems: [] }
      })
    },
    write(text) {
      setState((before) => {
        const read = parseSearchBox(text, Date.now(), zoneOf(before.criteria))
        return { ...before, text, ...read }
      })
    },
    clear: () => setState((before) => ({ ...before, criteria: {}, text: '', problems: [] })),
    finish() {
      const { criteria, problems } = parseSearchBox(state.text, Date.now(), zoneOf(state.criteria))
      setState((before) => ({
        ...before,
        problems,
        criteria: problems.length === 0 ? criteria : before.criteria,
      }))
      return problems.length === 0 ? criteria : null
    },
  }
}

const begin = (criteria: FilterText, from: string): State => ({
  from,
  criteria,
  text: writeSearchBox(criteria),
  problems: [],
})

const sorted = (criteria: FilterText) => Object.entries(criteria).sort(([a], [b]) => (a < b ? -1 : 1))
