/**
 * The command line: which commands there are, and how every one of them ends. Exit codes: 0 done, 1 refused or failed,
 * 2 wrong usage, 3 the server cannot be reached.
 */
import { Command, CommanderError } from 'commander'
import { ApiError } from '../api/api-error.ts'
import { version } from '../app/version.ts'
import { Problem } from '../problem.ts'
import { accountCommands } from './accounts.ts'
import { actCommands } from './act.ts'
import { checkCommand } from './check.ts'
import { configCommands } from './config.ts'
import { Unreachable } from './connect.ts'
import { deliveryCommands } from './deliveries.ts'
import { demoCommand } from './demo.ts'
import { digestCommands } from './digest.ts'
import { doctorCommand } from './doctor.ts'
import { jobCommands } from './jobs.ts'
import { queryCommands } from './query.ts'
import { recordCommands } from './records.ts'
import { requestCommands } from './requests.ts'
import { serveCommand } from './serve.ts'
import { troubleOf } from './surroundings.ts'
import { safeText, tell } from './terminal.ts'
import { userCommands } from './users.ts'

const manual = `
Start with:
  lazaret serve                         take mail in, hold, release; prints where and the first password
  lazaret query --sender '*bank*'       find held mail
  lazaret show 01k…                     everything about one
  lazaret release 01k… --wait           send it on to its recipients

A bare value is the whole value, * stands for anything: 'x@y.example', '*@y.example', '*invoice*'.
Every command takes --json and --help. Commands talk to the server of this machine's data directory, or to
--url with --key (LAZARET_URL, LAZARET_KEY).

Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the server cannot be reached.`

export function createProgram(): Command {
  const program = new Command('lazaret')
    .description('The stand-alone mail quarantine: holds suspicious mail, finds it, releases it.')
    .version(version, '--version', 'which version this is')
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('(--help says more)')
    .configureHelp({ showGlobalOptions: false, sortSubcommands: false })
    .addHelpText('after', manual)
  serveCommand(program)
  demoCommand(program)
  queryCommands(program)
  actCommands(program)
  jobCommands(program)
  deliveryCommands(program)
  recordCommands(program)
  accountCommands(program)
  userCommands(program)
  digestCommands(program)
  requestCommands(program)
  checkCommand(program)
  doctorCommand(program)
  configCommands(program)
  return program
}

/** @returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  // `lazaret query | head` ends the pipe early: that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  try {
    await createProgram().parseAsync(argv, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    return exitCodeOf(error)
  }
}

const sentences = (what: string, remedy: string): string =>
  `${/[.!?:\s]$/.test(what) || what.includes('\n') ? what : `${what}.`} ${remedy}`.trim()

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (error instanceof Unreachable) {
    tell(`lazaret: ${safeText(error.message)}`)
    return 3
  }
  if (error instanceof ApiError) {
    const remedy = error.status === 401 ? 'The API key is not valid here: check --key.' : error.remedy
    tell(`lazaret: ${safeText(sentences(error.message, remedy))}`)
    return error.status === 400 ? 2 : 1
  }
  if (error instanceof Problem) {
    tell(`lazaret: ${safeText(sentences(error.message, error.remedy))}`)
    return error.code === 'invalid' ? 2 : 1
  }
  const trouble = troubleOf(error)
  if (trouble) {
    tell(`lazaret: ${safeText(`${trouble.text} ${trouble.remedy}`)}`)
    return 1
  }
  tell(
    `lazaret: this is a bug: ${safeText(error instanceof Error ? (error.stack ?? error.message) : String(error))}`,
  )
  return 1
}
