/** The audit log. */
import { count } from '../plural.ts'

export const audit = {
  title: 'Audit',
  lead: 'Who did what, when. Each row carries the hash of the one before: a row that is changed or taken out breaks the chain.',
  actor: 'Who',
  actorHint: 'A name; an asterisk at its end stands for anything.',
  deed: 'Deed',
  deedHint: 'Such as message.release; message.* finds all deeds on messages.',
  target: 'On what',
  targetHint: 'A message id, an account name.',
  from: 'From',
  to: 'To',
  show: 'Show',
  reset: 'Reset',
  at: 'When',
  origin: 'From where',
  details: 'Details',
  hash: 'Hash',
  more: 'Show older ones',
  none: 'Nothing matches',
  noneText: 'No deed fits these criteria. Remove one of them.',
  verify: 'Verify the chain',
  whole: (rows: number) => `The chain is whole: ${count(rows)} rows fit.`,
  broken: (row: number) =>
    `The chain is broken at row ${count(row)}: it, or the one before, was changed or taken out.`,
  head: 'Hash of the last row. Note it elsewhere to prove later that nothing was cut off.',
  export: 'Export CSV',
  number: 'Row',
}
