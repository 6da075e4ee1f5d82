/** `lazaret doctor`: checks the surroundings, with or without a running server; exit code 1 when something is bad. */
import type { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { safe, say, sayJson } from './terminal.ts'

const signs = { good: '✔', warning: '!', bad: '✖' } as const

export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the surroundings: configuration, ports, next hop, disk, clock, certificate, trust')
    .option('--config <file>', 'configuration file (LAZARET_CONFIG)')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      '\nExit code 0: nothing is bad (there may be warnings); 1: something is; 2: the configuration has errors.',
    )
    .action(async (options: { config?: string; json?: boolean }) => {
      const { examine } = await import('./examine.ts')
      const findings = await examine(loadConfig(options.config))
      if (options.json) sayJson({ findings })
      else
        for (const { what, level, text, remedy } of findings)
          say(`${signs[level]} ${safe(`${what}: ${text}${remedy ? ` ${remedy}` : ''}`)}`)
      if (findings.some(({ level }) => level === 'bad')) process.exitCode = 1
    })
}
