/** `lazaret deliveries`: released mail on its way; tried at once, or given up. */
import type { Command } from 'commander'
import type { InputOf } from '../api/routes.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { wholeNumber } from './query.ts'
import { localTime, safe, say, sayJson, table, tell, terminalColumns } from './terminal.ts'

type DeliveryQuery = NonNullable<InputOf<'listDeliveries'>['query']>

interface DeliveryOptions extends RemoteOptions {
  state?: DeliveryQuery['state']
  message?: string
  limit?: number
  cursor?: string
}

export function deliveryCommands(program: Command): void {
  const deliveries = program
    .command('deliveries')
    .description("released mail on its way, with the next hop's own words: list, retry, cancel")
  remote(deliveries.command('list', { isDefault: true }).description('what is due, was delivered, failed'))
    .option('--state <state>', 'due, done, failed or cancelled')
    .option('--message <id>', 'of this message')
    .option('--limit <rows>', '1 to 500', wholeNumber)
    .option('--cursor <cursor>', 'goes on where a page ended')
    .addHelpText(
      'after',
      '\nExamples:\n  lazaret deliveries --state due\n  lazaret deliveries --state failed --json',
    )
    .action(list)
  remote(deliveries.command('retry').description('try due ones now'))
    .argument('<delivery...>', 'as list prints them')
    .action((ids: string[], options: RemoteOptions) => order('retryDeliveries', ids, options))
  remote(deliveries.command('cancel').description("give due ones up: the recipients' copies are held again"))
    .argument('<delivery...>', 'as list prints them')
    .action((ids: string[], options: RemoteOptions) => order('cancelDeliveries', ids, options))
}

async function order(
  name: 'retryDeliveries' | 'cancelDeliveries',
  ids: string[],
  options: RemoteOptions,
): Promise<void> {
  const { results } = await connect(options).call(name, { body: { ids } })
  if (options.json) sayJson({ results })
  else for (const { id, result, text } of results) say(`${id} ${safe(`${result}: ${text ?? ''}`)}`)
  if (results.some(({ result }) => result !== 'done')) process.exitCode = 1
}

async function list({ state, message, limit, cursor, ...options }: DeliveryOptions): Promise<void> {
  const page = await connect(options).call('listDeliveries', { query: { state, message, limit, cursor } })
  if (options.json) return void sayJson(page)
  const rows = page.items.map(
    ({ id, message, recipient, state, attemptCount, nextAttemptAt, lastAttempt }) => [
      id,
      message,
      recipient,
      state,
      String(attemptCount),
      nextAttemptAt ? localTime(nextAttemptAt) : '',
      lastAttempt ? [lastAttempt.code, lastAttempt.status, lastAttempt.reply].filter(Boolean).join(' ') : '',
    ],
  )
  if (rows.length > 0)
    say(
      table(
        ['DELIVERY', 'MESSAGE', 'RECIPIENT', 'STATE', 'TRIED', 'NEXT', 'LAST ANSWER'],
        rows,
        terminalColumns(),
      ),
    )
  else tell('No deliveries.')
  if (page.nextCursor) tell(`More: --cursor ${page.nextCursor}`)
}
