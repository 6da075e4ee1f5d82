/** Where the program starts. What it loads from here on comes compiled, from the second time on. */
import { enableCompileCache } from 'node:module'
import { codeCache } from './cli/code-cache.ts'

enableCompileCache(codeCache)
const { run } = await import('./cli/program.ts')

process.exitCode = await run(process.argv.slice(2))
