/** `lazaret release`, `delete` and `restore`: deeds on held mail, each answered per message and recipient. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { ApiError } from '../api/api-error.ts'
import type { Client } from '../api/client.ts'
import { idsPerCall } from '../api/schemas.ts'
import { connect, type RemoteOptions, remote } from './connect.ts'
import { wholeNumber } from './query.ts'
import { safe, say, sayJson, tell } from './terminal.ts'

interface Result {
  id: string
  result: string
  text?: string
  recipients?: { address: string; result: string; text: string }[]
}

interface ReleaseOptions extends RemoteOptions {
  recipient?: string[]
  confirmVirus?: boolean
  note?: string
  wait?: boolean
  timeout: number
}

const releaseHelp = `
The mail goes to the recipients of its envelope, as it came in, with trace lines on top. A copy is released once: who
comes second is told who was first. Mail that a virus scanner held asks for --confirm-virus.
With --wait the exit code is 0 only when every released copy was delivered.

Examples:
  lazaret release 05xk2m9q80g
  lazaret release 05xk2m9q80g 05xk2m9q80h --wait
  lazaret release 05xk2m9q80g --recipient anna@example.com --note 'asked for by phone'`

export function actCommands(program: Command): void {
  const several = (list: string, so_far: string[] = []) => [
    ...so_far,
    ...list.split(',').map((word) => word.trim()),
  ]
  remote(program.command('release').description('send held mail on to its recipients'))
    .argument('<id...>', 'as query prints them')
    .option('-r, --recipient <address>', 'only to this one; may be given several times', several)
    .option('--confirm-virus', 'yes, release what a virus scanner held')
    .option('--note <text>', 'why, for the record')
    .option('--wait', 'follow until it is delivered or failed')
    .option('--timeout <seconds>', 'with --wait: how long', wholeNumber, 60)
    .addHelpText('after', releaseHelp)
    .action(release)
  remote(
    program.command('delete').description('put held mail into the trash, from which restore takes it back'),
  )
    .argument('<id...>')
    .addHelpText('after', '\nExample:\n  lazaret delete 05xk2m9q80g 05xk2m9q80h')
    .action((ids: string[], options: RemoteOptions) => order('delete', ids, options))
  remote(program.command('restore').description('take deleted mail back from the trash: it is held again'))
    .argument('<id...>')
    .addHelpText('after', '\nExample:\n  lazaret restore 05xk2m9q80g')
    .action((ids: string[], options: RemoteOptions) => order('restore', ids, options))
}

interface Ordered {
  results: Result[]
  /** What ended it early; null: nothing. What was done before stands in the results all the same. */
  failed: unknown
}

/** In as many calls as it takes, so that `query --all --ids | xargs` may give more ids than one call takes. */
async function ordered(ids: readonly string[], call: (ids: string[]) => Promise<Result[]>): Promise<Ordered> {
  const all = [...new Set(ids)]
  const results: Result[] = []
  for (let at = 0, most = idsPerCall; at < all.length; ) {
    const some = all.slice(at, at + most)
    try {
      results.push(...(await call(some)))
      at += some.length
    } catch (failed) {
      // Very many recipients together: half of the messages, then.
      if (!(failed instanceof ApiError) || failed.status !== 413 || some.length < 2)
        return { results, failed }
      most = Math.ceil(some.length / 2)
    }
  }
  return { results, failed: null }
}

async function order(deed: 'delete' | 'restore', ids: string[], options: RemoteOptions): Promise<void> {
  const api = connect(options)
  const name = deed === 'delete' ? 'deleteMessages' : 'restoreMessages'
  const { results, failed } = await ordered(
    ids,
    async (some) => (await api.call(name, { body: { ids: some } })).results,
  )
  if (failed === null || results.length > 0) {
    if (options.json) sayJson({ results })
    else for (const result of results) printResult(result)
  }
  if (failed !== null) throw failed
  if (results.some(({ result }) => result !== 'done')) process.exitCode = 1
}

async function release(ids: string[], options: ReleaseOptions): Promise<void> {
  const api = connect(options)
  const { recipient: recipients, confirmVirus, note } = options
  const { results, failed } = await ordered(
    ids,
    async (some) =>
      (await api.call('releaseMessages', { body: { ids: some, recipients, confirmVirus, note } })).results,
  )
  if (!options.json) for (const result of results) printResult(result)
  if (failed !== null) {
    if (options.json && results.length > 0) sayJson({ results })
    throw failed
  }
  if (results.some(({ result }) => result !== 'released')) process.exitCode = 1
  const released = results.filter(({ result }) => result === 'released')
  const ends = options.wait ? await follow(api, released, options.timeout * 1000) : []
  if (ends.some(({ state }) => state !== 'delivered')) process.exitCode = 1
  if (options.json) return void sayJson(options.wait ? { results, deliveries: ends } : { results })
  for (const { id, address, state, reply } of ends)
    say(`${id} ${safe(`${address}: ${state}${reply ? `: ${reply}` : ''}`)}`)
  if (released.length > 0 && !options.wait) tell('`lazaret deliveries` shows what becomes of it.')
}

function printResult({ id, result, text, recipients = [] }: Result): void {
  say(`${id} ${safe(`${result}: ${text ?? ''}`)}`)
  if (
    recipients.length < 2 &&
    result !== 'confirm' &&
    recipients.every((recipient) => recipient.text === text)
  )
    return
  for (const { address, result: outcome, text: why } of recipients)
    say(`  ${safe(`${address}: ${outcome === 'done' ? '' : `${outcome}: `}${why}`)}`)
}

interface End {
  id: string
  address: string
  /** `delivered`, `release-failed`, or `releasing` when the time was over. */
  state: string
  /** The next hop's last words. */
  reply: string
}

/** Looks until every released copy has come to an end, or the time is over. */
async function follow(api: Client, released: Result[], timeoutMs: number): Promise<End[]> {
  const wanted = new Map(
    released.map(({ id, recipients = [] }) => [
      id,
      new Set(recipients.filter(({ result }) => result === 'done').map(({ address }) => address)),
    ]),
  )
  const ends: End[] = []
  const until = performance.now() + timeoutMs
  for (let waitMs = 100; wanted.size > 0; waitMs = Math.min(2000, waitMs * 1.5)) {
    for (const [id, addresses] of wanted) {
      const message = await api.call('showMessage', { params: { id } })
      for (const recipient of message.recipients) {
        const late = performance.now() > until
        if (!addresses.has(recipient.address) || (recipient.state === 'releasing' && !late)) continue
        const last = recipient.deliveries.at(-1)?.attempts.at(-1)
        const reply = last ? [last.code, last.status, last.reply].filter(Boolean).join(' ') : ''
        ends.push({ id, address: recipient.address, state: recipient.state, reply })
        addresses.delete(recipient.address)
      }
      if (addresses.size === 0) wanted.delete(id)
    }
    if (wanted.size > 0) await pause(waitMs)
  }
  return ends
}
