/** Where compiled code is kept: beside the installed packages; a folder that anybody could write to would not do. */
import { fileURLToPath } from 'node:url'

export const codeCache = fileURLToPath(new URL('../../node_modules/.cache/lazaret', import.meta.url))
