/** `lazaret config example` and `lazaret config check`: the configuration file, shown and checked; needs no server. */
import type { Command } from 'commander'
import { configKeys, exampleConfig, loadConfig } from '../config.ts'
import { Problem } from '../problem.ts'
import { say, sayJson, tell } from './terminal.ts'

export function configCommands(program: Command): void {
  const config = program.command('config').description('show and check the configuration file')
  config
    .command('example')
    .description('print the whole documented example file: every key with its default')
    .option('--json', 'the keys with their variables, defaults and manuals, for programs')
    .addHelpText('after', '\nExample:\n  lazaret config example > lazaret.toml')
    .action(({ json }: { json?: boolean }) => {
      if (json) sayJson({ keys: configKeys() })
      else say(exampleConfig())
    })
  config
    .command('check')
    .description('check a configuration file together with the LAZARET_ environment')
    .argument('[file]', 'the file; without it the one that serve would take')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      '\nExamples:\n  lazaret config check\n  lazaret config check /etc/lazaret/lazaret.toml --json',
    )
    .action((file: string | undefined, options: { json?: boolean }) => check(file, options.json === true))
}

function check(file: string | undefined, json: boolean): void {
  try {
    const loaded = loadConfig(file)
    if (json)
      sayJson({
        ok: true,
        file: loaded.file,
        dataDir: loaded.dataDir,
        warnings: loaded.warnings,
        findings: [],
      })
    else {
      for (const warning of loaded.warnings) tell(warning)
      say(
        loaded.file === null
          ? 'No configuration file: everything has its default. This is fine.'
          : `${loaded.file} is fine.`,
      )
    }
  } catch (error) {
    if (!json || !(error instanceof Problem)) throw error
    sayJson({
      ok: false,
      findings: error.facts.findings ?? [
        { where: file ?? '', key: '', reason: error.message, remedy: error.remedy },
      ],
    })
    process.exitCode = 2
  }
}
