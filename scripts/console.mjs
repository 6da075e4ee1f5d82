/**
 * Builds the consoles into dist/web when what they are made of has changed: `npm run build`, and before whatever serves
 * or tests them. Two at a time do not disturb each other: each builds aside and puts its result in place with one rename.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from './install.mjs'

const target = join(root, 'dist', 'web')
const mark = join(target, '.made-of')

/** @param node the Node to build with. True: the consoles are there. */
export function buildConsoles(node, say = (line) => process.stderr.write(`${line}\n`)) {
  const sources = fingerprint()
  if (existsSync(mark) && readFileSync(mark, 'utf8') === sources) return true
  if (!existsSync(join(root, 'web')) || !existsSync(join(root, 'node_modules', 'vite')))
    return existsSync(join(target, 'index.html')) // a package without sources brings them built
  say('Building the consoles …')
  const aside = join(root, 'dist', `web-${process.pid}`)
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  const config = join(root, 'web', 'vite.config.ts')
  const built = ['admin', 'user'].every((mode) => {
    const args = [vite, 'build', '-c', config, '--mode', mode, '--outDir', aside, '--logLevel', 'warn']
    const env = { ...process.env, NODE_ENV: 'production' }
    return spawnSync(node, args, { cwd: root, stdio: ['ignore', 2, 2], env }).status === 0
  })
  if (!built) {
    rmSync(aside, { recursive: true, force: true })
    say('The consoles could not be built (see above); everything else works without it.')
    return false
  }
  writeFileSync(join(aside, '.made-of'), sources)
  mkdirSync(join(root, 'dist'), { recursive: true })
  rmSync(target, { recursive: true, force: true })
  renameSync(aside, target)
  return true
}

/** Of everything that goes into the build. */
function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const folder of ['web', 'src/api']) {
    if (!existsSync(join(root, folder))) continue
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
    for (const file of files) hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}
