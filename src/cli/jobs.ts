/**
 * `lazaret jobs`: releasing or deleting everything that a search finds, in the background. Without --yes nothing is done:
 * it says what would be. Between the two looks nothing can slip in, the server refuses more than was said.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { AnswerOf, InputOf } from '../api/routes.ts'
import { Problem } from '../problem.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { criteriaOf, wholeNumber } from './query.ts'
import { facts, localTime, safe, say, sayJson, table, tell, terminalColumns } from './terminal.ts'

type Job = AnswerOf<'showJob'>
type Preview = AnswerOf<'previewJob'>

interface OrderOptions extends RemoteOptions {
  everything?: boolean
  yes?: boolean
  note?: string
  wait?: boolean
}

interface ItemOptions extends RemoteOptions {
  outcome?: NonNullable<InputOf<'listJobItems'>['query']>['outcome']
  limit?: number
  cursor?: string
}

const orderHelp = `
The search is written as in the search box of the console: field:value, -field:value, words of the subject. Without --yes
it only says what would be done. What a virus scanner held is never released this way.

Examples:
  lazaret jobs release 'from:*@bank.example after:7d'           what would be released?
  lazaret jobs release 'from:*@bank.example after:7d' --yes --note 'rule was wrong'
  lazaret jobs delete 'area:Spam before:30d' --yes --wait`

export function jobCommands(program: Command): void {
  const jobs = program
    .command('jobs')
    .description('release or delete everything that a search finds; list, show, stop')
  remote(jobs.command('list', { isDefault: true }).description('the newest first'))
    .option('--limit <rows>', '1 to 100', wholeNumber)
    .action(list)
  remote(jobs.command('show').description('how far a job is, and what became of its messages'))
    .argument('<job>', 'as list prints it')
    .option('--outcome <outcome>', 'only done, refused or failed')
    .option('--limit <rows>', '1 to 500', wholeNumber)
    .option('--cursor <cursor>', 'goes on where a page ended')
    .action(show)
  remote(jobs.command('stop').description('stop a job; what it has done stays done'))
    .argument('<job>')
    .action(async (id: string, options: RemoteOptions) => {
      const job = await connect(options).call('stopJob', { params: { id } })
      if (options.json) sayJson(job)
      else say(sentence(job))
    })
  for (const action of ['release', 'delete'] as const)
    remote(jobs.command(action).description(`${action} everything that a search finds`))
      .argument('[search...]', 'criteria as in the search box')
      .option('--everything', 'needed where there are no criteria')
      .option('--yes', 'do it')
      .option('--note <text>', 'why, for the record')
      .option('--wait', 'follow until it has ended')
      .addHelpText('after', orderHelp)
      .action((search: string[], options: OrderOptions) => order(action, search.join(' '), options))
}

async function order(action: 'release' | 'delete', search: string, options: OrderOptions): Promise<void> {
  const criteria = criteriaOf(search)
  if (Object.keys(criteria).length === 0 && !options.everything)
    throw new Problem(
      'invalid',
      'No criteria: this would be all mail.',
      'Give a search, or --everything if you mean it.',
    )
  const api = connect(options)
  const preview = await api.call('previewJob', { body: { action, criteria } })
  if (!options.yes) {
    if (options.json) return void sayJson(preview)
    sayPreview(preview)
    if (preview.messages > 0 && !preview.tooMany) tell('Nothing was done yet: give --yes to do it.')
    return
  }
  const { asOf, messages } = preview
  const { note } = options
  let job = await api.call('startJob', { body: { action, criteria, asOf, messages, note } })
  while (options.wait && job.state === 'running') {
    await pause(1000)
    job = await api.call('showJob', { params: { id: job.id } })
  }
  if (options.json) sayJson(job)
  else say(sentence(job))
  if (options.wait && (job.state !== 'done' || job.done < job.messages)) process.exitCode = 1
}

function sayPreview({ action, messages, recipients, byReason, byArea, left, limit, tooMany }: Preview): void {
  const counted = (counts: Preview['byArea']) =>
    counts.map(({ name, messages: n }) => `${name} ${n}`).join(', ')
  say(
    facts([
      [
        `To ${action}`,
        `${tooMany ? 'more than ' : ''}${messages} messages, ${recipients} recipients' copies`,
      ],
      ['By reason', counted(byReason)],
      ['By area', counted(byArea)],
      ['Left out', `${left.virus} for a virus, ${left.forbidden} in areas closed to you`],
      ['Not held', `${left.nothingHeld}`],
    ]),
  )
  if (tooMany) tell(`A job takes at most ${limit}: narrow the search, for example by dates.`)
}

const sentence = ({ id, action, state, messages, done, refused, failed, problem }: Job): string =>
  `${id} ${action}: ${state}; ${done} of ${messages} done, ${refused} refused, ${failed} failed${problem ? `. ${safe(problem)}` : ''}`

async function list({ limit, ...options }: RemoteOptions & { limit?: number }): Promise<void> {
  const { items } = await connect(options).call('listJobs', { query: { limit } })
  if (options.json) return void sayJson({ items })
  const rows = items.map((job) => [
    job.id,
    localTime(job.createdAt),
    job.createdBy,
    job.action,
    job.state,
    `${job.worked}/${job.messages}`,
    Object.entries(job.criteria)
      .map(([name, value]) => `${name}:${value}`)
      .join(' '),
  ])
  const head = ['JOB', 'BEGUN', 'BY', 'WHAT', 'STATE', 'DONE', 'SEARCH']
  if (rows.length > 0) say(table(head, rows, terminalColumns()))
  else tell('No jobs.')
}

async function show(id: string, { outcome, limit, cursor, ...options }: ItemOptions): Promise<void> {
  const api = connect(options)
  const job = await api.call('showJob', { params: { id } })
  const page = await api.call('listJobItems', { params: { id }, query: { outcome, limit, cursor } })
  if (options.json) return void sayJson({ ...job, ...page })
  say(sentence(job))
  const rows = page.items.map((item) => [
    item.message,
    item.outcome,
    item.sender || '<>',
    item.subject,
    item.text,
  ])
  if (rows.length > 0)
    say(table(['MESSAGE', 'OUTCOME', 'SENDER', 'SUBJECT', 'WHAT HAPPENED'], rows, terminalColumns()))
  if (page.nextCursor) tell(`More: --cursor ${page.nextCursor}`)
}
