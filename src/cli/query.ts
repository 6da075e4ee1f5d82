/** `lazaret query` and `lazaret show`: finding held mail and looking at one, over the API. */
import { open, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Client } from '../api/client.ts'
import type { AnswerOf, InputOf } from '../api/routes.ts'
import { exclusionOf, type FilterText, textFields } from '../api/search.ts'
import { parseSearchBox } from '../api/search-box.ts'
import { systemClock } from '../clock.ts'
import { Problem } from '../problem.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import {
  byteSize,
  drained,
  facts,
  localTime,
  safe,
  say,
  sayJson,
  table,
  tell,
  terminalColumns,
  write,
} from './terminal.ts'

export type MessagePage = AnswerOf<'findMessages'>
export type MessageDetail = AnswerOf<'showMessage'>
type Item = MessagePage['items'][number]

/** The criteria, as the API names them, each with what it is. */
const criteria = {
  area: 'quarantine area, such as Spam',
  reason: 'why it was held: spam, malware, phishing, attachment …',
  scanner: 'whose verdict counted',
  rule: 'which rule decided',
  sender: 'envelope sender; <> is the null sender',
  subject: 'subject, decoded',
  recipient: 'envelope recipient; of several any one',
  attachment: 'name of an attachment; of several any one',
} as const

const examples = `
A bare value is the whole value, * stands for anything, upper and lower case are the same. --not-sender, --not-area and
so on leave out what they find. Dates are ISO 8601, today, yesterday, or 12h, 7d, 2w for so long ago, in UTC. A search
can also be written as in the search box of the console: field:value, -field:value, words of the subject.

Examples:
  lazaret query                                            the newest
  lazaret query --sender '*@bank.example' --from 2026-01-01
  lazaret query --subject '*invoice*' --attachment '*.exe' --state held
  lazaret query 'from:*bank* after:7d attachment:*.iso -area:Spam'
  lazaret query --from 7d --not-reason spam
  lazaret query --area Spam --sort sender --limit 200
  lazaret query --reason malware --json | jq -r '.items[].id'
  lazaret query --rule '*' --ids | xargs lazaret release   everything on this page`

type Query = NonNullable<InputOf<'findMessages'>['query']>

interface QueryOptions extends RemoteOptions {
  ids?: boolean
  all?: boolean
  limit?: number
  cursor?: string
  [criterion: string]: unknown
}

export function queryCommands(program: Command): void {
  const query = remote(program.command('query').description('find held mail'))
  query.argument('[search...]', 'criteria as in the search box')
  for (const [name, what] of Object.entries(criteria)) query.option(`--${name} <pattern>`, what)
  query.option('--message-id <pattern>', 'Message-ID, with or without its brackets')
  for (const name of [...Object.keys(criteria), 'message-id'])
    query.addOption(new Option(`--not-${name} <pattern>`, 'leaves out what it finds').hideHelp())
  query
    .option('--state <state>', 'held, releasing, delivered, release-failed, deleted or expired')
    .option('--from <date>', 'received at or after')
    .option('--to <date>', 'received before; a bare date includes that day')
    .option('--sort <key>', 'timestamp, sender, recipient or subject')
    .option('--order <order>', 'asc or desc')
    .option('--limit <rows>', 'rows per page, 1 to 500', wholeNumber)
    .option('--page <number>', 'page, from 1', wholeNumber)
    .option('--cursor <cursor>', 'goes on where a page ended')
    .option('--all', 'every page, one after the other')
    .option('--ids', 'ids only, one a line')
    .addHelpText('after', examples)
    .action((search: string[], options: QueryOptions) => find(search, options))

  remote(program.command('show').description('everything about one message'))
    .argument('<id>', 'as query prints it')
    .option('--raw', 'the message itself, byte for byte')
    .option('--headers', 'the header fields too')
    .option('-o, --output <file>', 'with --raw: write to a file')
    .addHelpText(
      'after',
      '\nExamples:\n  lazaret show 05xk2m9q80g\n  lazaret show 05xk2m9q80g --raw -o mail.eml',
    )
    .action(show)
}

/** Of an option that may be given several times. */
export const collect = (value: string, before: string[] = []): string[] => [...before, value]

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

const parameters = [
  ...textFields,
  ...textFields.map(exclusionOf),
  ...(['state', 'from', 'to', 'sort', 'order', 'limit', 'page'] as const),
]

async function find(search: string[], options: QueryOptions): Promise<void> {
  const wanted: Query = {
    ...criteriaOf(search.join(' ')),
    ...Object.fromEntries(
      parameters.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
    ),
  }
  const api = connect(options)
  const streamed = options.all && options.json // page by page: there may be millions
  let cursor = options.cursor
  let rows = 0
  if (streamed) write('{"items":[')
  do {
    const page = await api.call('findMessages', {
      query: { ...wanted, ...(cursor ? { cursor, page: undefined } : {}) },
    })
    cursor = page.nextCursor ?? undefined
    if (streamed)
      for (const [i, item] of page.items.entries())
        write(`${rows + i === 0 ? '' : ','}\n${JSON.stringify(item)}`)
    else if (options.json) sayJson(page)
    else if (options.ids) for (const { id } of page.items) say(id)
    else printPage(page, options.all === true)
    rows += page.items.length
    await drained()
  } while (options.all && cursor)
  if (streamed) write('\n]}\n')
  else if (options.all && rows === 0) tell('Nothing was found.')
}

/** Of what is written as in the search box. An option given beside it counts instead. */
export function criteriaOf(search: string): FilterText {
  const { criteria: found, problems } = parseSearchBox(search, systemClock.now())
  const [problem] = problems
  if (problem)
    throw new Problem(
      'invalid',
      `${safe(search.slice(problem.at, problem.at + problem.length))}: ${problem.what}`,
      problem.remedy,
    )
  return found
}

function printPage(page: MessagePage, all: boolean): void {
  const head = ['ID', 'RECEIVED', 'SENDER', 'RECIPIENT', 'SUBJECT', 'REASON', 'STATE']
  if (page.items.length > 0) say(table(head, page.items.map(row), terminalColumns()))
  if (all) return
  const shown = `${page.items.length} of ${page.totalIsExact ? '' : 'more than '}${page.total}`
  tell(
    page.items.length === 0
      ? 'Nothing was found.'
      : page.nextCursor
        ? `${shown}; --limit, --page or --all show more.`
        : `${shown}.`,
  )
}

function row(item: Item): string[] {
  const [first] = item.recipients
  const others = item.recipients.length - 1
  const states = [...new Set(item.recipients.map(({ state }) => state))]
  return [
    item.id,
    localTime(item.receivedAt),
    item.sender || '<>',
    `${first?.address ?? ''}${others > 0 ? ` +${others}` : ''}`,
    item.subject,
    item.reason,
    states.join(', '),
  ]
}

interface ShowOptions extends RemoteOptions {
  raw?: boolean
  headers?: boolean
  output?: string
}

async function show(id: string, options: ShowOptions): Promise<void> {
  const api = connect(options)
  if (options.output !== undefined && !options.raw)
    throw new Problem('invalid', '--output is for --raw only.', 'Add --raw, or use > for the rest.')
  if (options.output !== undefined) return await save(api, id, options.output)
  if (options.raw) return await pipeline(await api.raw(id), process.stdout, { end: false })
  const message = await api.call('showMessage', { params: { id } })
  if (options.json) return void sayJson(message)
  say(describe(message))
  if (options.headers)
    say(`\n${message.headers.map(({ name, value }) => `${safe(name)}: ${safe(value)}`).join('\n')}`)
}

/** All of the message in a new file, or no file. */
async function save(api: Client, id: string, path: string): Promise<void> {
  const unwritable = (error: unknown) =>
    new Problem(
      'invalid',
      `${path} cannot be written: ${(error as Error).message}.`,
      'Name a file that is not there yet.',
    )
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw unwritable(error)
  })
  let whole = false
  try {
    for await (const piece of await api.raw(id))
      await file.writeFile(piece).catch((error: unknown) => {
        throw unwritable(error)
      })
    whole = true
  } finally {
    await file.close()
    if (!whole) await rm(path, { force: true })
  }
}

function describe(message: MessageDetail): string {
  const { client } = message
  const lines = [
    facts([
      ['Id', message.id],
      [
        'Received',
        `${localTime(message.receivedAt)} by ${client.protocol || message.via} from ${client.name || client.ip}${client.name ? ` (${client.ip})` : ''}`,
      ],
      ['Why held', message.explanation],
      ['Reason', message.reason],
      ['Area', `${message.area}${message.keptUntil ? `, kept until ${localTime(message.keptUntil)}` : ''}`],
      ['Rule', message.rule],
      ['Scanner', message.scanner],
      ['Score', message.score === null ? '' : String(message.score)],
      ['Envelope sender', message.sender || '<>'],
      ['From', message.headerFrom],
      ['To', message.headerTo],
      ['Date', message.headerDate],
      ['Subject', message.subject],
      ['Message-ID', message.messageId],
      ['Size', byteSize(message.size)],
      ['SHA-256', message.sha256],
      ['Bytes', message.purgedAt ? `removed on ${localTime(message.purgedAt)}` : ''],
    ]),
  ]
  for (const { name, type, trueType, size } of message.attachments)
    lines.push(
      `Attachment: ${safe(name || '(no name)')}, ${safe(type)}${trueType && trueType !== type ? ` (really ${safe(trueType)})` : ''}, ${byteSize(size)}`,
    )
  for (const { scanner, result, detail, symptoms } of message.verdicts)
    lines.push(
      `Verdict: ${safe(scanner)} says ${safe(result)}${detail ? `: ${safe(detail)}` : ''}${symptoms.length > 0 ? ` [${safe(symptoms.map(({ name }) => name).join(', '))}]` : ''}`,
    )
  lines.push('', 'Recipients:')
  for (const recipient of message.recipients) {
    const by = recipient.changedBy ? `, ${localTime(recipient.changedAt)} by ${recipient.changedBy}` : ''
    lines.push(`  ${safe(`${recipient.address}: ${recipient.state}${by}`)}`)
    for (const { state, attempts, nextAttemptAt } of recipient.deliveries)
      lines.push(
        ...attempts.map(
          (attempt) =>
            `    ${localTime(attempt.at)} ${attempt.outcome} at ${safe(`${attempt.host}: ${[attempt.code, attempt.status, attempt.reply].filter(Boolean).join(' ')}`)}`,
        ),
        ...(nextAttemptAt ? [`    next attempt ${localTime(nextAttemptAt)} (${state})`] : []),
      )
  }
  return lines.join('\n')
}
