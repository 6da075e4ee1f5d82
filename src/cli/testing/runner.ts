/** A process that runs commands, one after the other, as if each were a process of its own: see commands.ts. */
import { Readable, Writable } from 'node:stream'
import { run } from '../program.ts'

export interface Asked {
  args: string[]
  /** Whole. */
  env: Record<string, string>
  input: string
}

export interface Ended {
  status: number
  stdout: string
  stderr: string
}

process.on('message', async (asked: Asked) => {
  for (const name of Object.keys(process.env)) if (!(name in asked.env)) delete process.env[name]
  Object.assign(process.env, asked.env)
  const [stdout, stderr] = [new Kept(), new Kept()]
  const streams = { stdin: Readable.from([Buffer.from(asked.input)]), stdout, stderr }
  for (const [name, value] of Object.entries(streams))
    Object.defineProperty(process, name, { value, configurable: true })
  process.exitCode = undefined
  const status = await run(asked.args)
  process.send?.({ status, stdout: stdout.text, stderr: stderr.text } satisfies Ended)
})

class Kept extends Writable {
  readonly #pieces: Buffer[] = []

  get text(): string {
    return Buffer.concat(this.#pieces).toString()
  }

  override _write(piece: Buffer, _: string, done: () => void): void {
    this.#pieces.push(piece)
    done()
  }
}
