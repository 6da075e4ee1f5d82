/**
 * Test files in groups, each a file that loads others: to start a process for each test file, load the program into it, and
 * start a PostgreSQL of its own took longer than most of their tests.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './install.mjs'

/** Of a test file that changes, ends or measures its process, has hooks for all that is in it, or says so at its head. */
const wantsOwnProcess =
  /^(?:before|after)(?:Each)?\(|child_process|process\.(?:env|chdir|exit|memoryUsage|emit)|\bgc\b|resourceLimits|process of its own/m
const groupFiles = 10

/** @param folder where groups are written. @returns what is to be run: groups, then those who want their own process. */
export function grouped(files, folder) {
  const isAlone = (file) => wantsOwnProcess.test(readFileSync(join(root, file), 'utf8'))
  const together = files.filter((file) => !isAlone(file))
  const count = Math.ceil(together.length / groupFiles)
  const groups = Array.from({ length: count }, (_, group) => {
    // Every so manyth, so that none has all the slow ones of a folder.
    const own = together.filter((_, i) => i % count === group)
    const lines = own.map((file) => `await import(${JSON.stringify(pathToFileURL(join(root, file)).href)})\n`)
    const name = join(folder, `group-${group + 1}.test.mjs`)
    writeFileSync(name, lines.join(''))
    return name
  })
  return [...groups, ...files.filter(isAlone)]
}
