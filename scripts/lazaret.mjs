#!/usr/bin/env node
/** The `lazaret` command: the same as `npm run lazaret --`, for a PATH. */
process.argv.splice(2, 0, 'lazaret')
delete process.env.INIT_CWD
await import('./run.mjs')
