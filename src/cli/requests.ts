/** `lazaret requests`: what users ask to have released; approving and denying. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { noteLimit, requestSorts, requestStates } from '../api/request-schemas.ts'
import type { AnswerOf } from '../api/routes.ts'
import { idsPerCall } from '../api/schemas.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { wholeNumber } from './query.ts'
import { localTime, safe, say, sayJson, table, tell, terminalColumns } from './terminal.ts'

type Request = AnswerOf<'listRequests'>['items'][number]
type Result = AnswerOf<'decideRequests'>['results'][number]

const states = [...requestStates, 'all'] as const

const decideHelp = `
Approving sends the copy of the recipient who asked on, and no other. Ids are those of requests, as the list prints them.

Examples:
  lazaret requests
  lazaret requests approve 05xk2m9q80g 05xk2m9q80h --answer 'Known supplier'
  lazaret requests deny 05xk2m9q80j --answer 'A known fraud'`

interface ListOptions extends RemoteOptions {
  state: (typeof states)[number]
  search?: string
  sort: (typeof requestSorts)[number]
  limit: number
  page: number
}

interface DecideOptions extends RemoteOptions {
  answer: string
}

export function requestCommands(program: Command): void {
  const requests = program
    .command('requests')
    .description('requests for release by users: list, approve, deny')
    .addHelpText('after', decideHelp)
  remote(
    requests.command('list', { isDefault: true }).description('the open ones, those that wait longest first'),
  )
    .addOption(
      new Option('--state <state>', 'void: lapsed before anybody decided').choices(states).default('open'),
    )
    .option('--search <words>', 'in sender, subject, recipient, who asked, or note')
    .addOption(new Option('--sort <key>').choices(requestSorts).default('asked'))
    .option('--limit <n>', 'rows, at most 500', wholeNumber, 100)
    .option('--page <n>', 'from 1', wholeNumber, 1)
    .action(list)
  for (const decision of ['approve', 'deny'] as const)
    remote(
      requests
        .command(decision)
        .description(
          decision === 'approve'
            ? 'release what is asked for'
            : 'leave it held; it cannot be asked for again',
        ),
    )
      .argument('<id...>', 'of requests')
      .option('--answer <text>', 'what the user sees', answerOf, '')
      .action((ids: string[], options: DecideOptions) => decide(decision, ids, options))
}

function answerOf(text: string): string {
  if (text.length <= noteLimit) return text
  throw new InvalidArgumentError(`At most ${noteLimit} characters.`)
}

async function list({ state, search, sort, limit, page, ...options }: ListOptions): Promise<void> {
  const query = { state, q: search, sort, order: 'asc' as const, limit, page }
  const found = await connect(options).call('listRequests', { query })
  if (options.json) return void sayJson(found)
  if (found.items.length === 0) return void tell('There are no such requests.')
  say(
    table(
      ['ID', 'ASKED', 'BY', 'FOR', 'SENDER', 'SUBJECT', 'REASON', 'NOTE', ''],
      found.items.map(row),
      terminalColumns(),
    ),
  )
  if (page * limit < found.total)
    tell(`${found.totalIsExact ? '' : 'More than '}${found.total} in all; --page ${page + 1} shows the next.`)
}

const row = (item: Request): string[] =>
  [
    item.id,
    localTime(item.askedAt),
    item.askedBy,
    item.recipient,
    item.sender === '' ? '<>' : item.sender,
    item.subject,
    item.reason,
    item.note,
    item.state === 'open' ? '' : `${item.state} by ${item.decidedBy}`,
  ].map(safe)

async function decide(
  decision: 'approve' | 'deny',
  ids: readonly string[],
  options: DecideOptions,
): Promise<void> {
  const api = connect(options)
  const all = [...new Set(ids)]
  const results: Result[] = []
  for (let at = 0; at < all.length; at += idsPerCall) {
    const body = { ids: all.slice(at, at + idsPerCall), decision, answer: options.answer }
    results.push(...(await api.call('decideRequests', { body })).results)
  }
  if (options.json) sayJson({ results })
  else for (const { id, result, text } of results) say(`${id} ${safe(`${result}: ${text}`)}`)
  if (results.some(({ result }) => result !== 'done')) process.exitCode = 1
}
