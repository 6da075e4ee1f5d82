/**
 * Where the program starts. Compiled code is kept beside the installed packages, which halves the time that a command
 * takes; a folder that anybody could write to would not do.
 */
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/lazaret', import.meta.url)))
const { run } = await import('./cli/program.ts')

process.exitCode = await run(process.argv.slice(2))
