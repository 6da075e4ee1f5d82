/**
 * Runs commands for tests as a user does, each with its arguments, environment and standard input. A process for each takes
 * half a second to load the program: those that end by themselves share one that has loaded it.
 */
import { execFile, fork } from 'node:child_process'
import { join } from 'node:path'
import type { Asked, Ended } from './runner.ts'

const main = join(import.meta.dirname, '..', '..', 'main.ts')

export interface Commands extends AsyncDisposable {
  run(args: string[], more?: { env?: Record<string, string>; input?: string }): Promise<Ended>
}

/** @param cwd where they are run. */
export function openCommands(cwd: string, usual: Record<string, string>): Commands {
  const runner = fork(join(import.meta.dirname, 'runner.ts'), {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let answer = Promise.withResolvers<Ended>()
  runner.on('message', (reply: Ended) => answer.resolve(reply))
  runner.on('exit', (code) => answer.reject(new Error(`the runner ended: ${code}`)))
  let last: Promise<unknown> = Promise.resolve()
  const ask = (asked: Asked): Promise<Ended> => {
    answer = Promise.withResolvers()
    runner.send(asked)
    return answer.promise
  }
  return {
    run(args, { env = {}, input = '' } = {}) {
      const whole = { ...process.env, ...usual, ...env } as Record<string, string>
      if (args[0] === 'serve') return alone(args, whole, cwd)
      const reply = last.then(() => ask({ args, env: whole, input }))
      last = reply.catch(() => undefined)
      return reply
    },
    async [Symbol.asyncDispose]() {
      await last
      answer.promise.catch(() => undefined)
      runner.kill()
    },
  }
}

/** In a process of its own: a server does not end by returning. */
const alone = (args: string[], env: Record<string, string>, cwd: string): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd, env }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
