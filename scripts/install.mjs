/**
 * Makes the checkout ready to run and says which Node runs it: dependencies by `npm ci` when they are missing or older
 * than package-lock.json, then the pinned Node of npm's `node` package. Plain JavaScript for Node 20 or later, because
 * it runs before anything is installed. Fails with one sentence on what to do (InstallError).
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, linkSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const modules = join(root, 'node_modules')
const lockFile = join(root, 'package-lock.json')
const marker = join(modules, '.package-lock.json') // npm writes it last
const stamp = join(modules, '.lazaret-lock')
const wantedMajor = 26

export class InstallError extends Error {}

/** Installs what is missing; the path of the Node to run with. `dev`: the checks' tools are needed too. */
export function ready(dev) {
  if (mustInstall(dev)) installDependencies(dev)
  return pinnedNode()
}

const lockHash = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex')

function mustInstall(dev) {
  if (!existsSync(marker)) return true
  if (dev && !existsSync(join(modules, 'typescript'))) return true
  if (statSync(marker).mtimeMs >= statSync(lockFile).mtimeMs) return false
  // A checkout touches files without changing them: then the hash of what was installed last tells.
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== lockHash()
}

function installDependencies(dev) {
  // npm would follow the link and empty what somebody else uses.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new InstallError(
      `Dependencies must be installed, but ${modules} is a link to another folder. Remove the link, then try again.`,
    )
  process.stderr.write('Installing dependencies (npm ci) …\n')
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(dev ? ['--include=dev'] : [])]
  const result = npm(args, root)
  if (result.error?.code === 'ENOENT')
    throw new InstallError(
      'npm was not found. Install Node.js 20 or later together with npm, then try again.',
    )
  if (result.status !== 0)
    throw new InstallError(
      'npm ci failed (its message stands above). It needs the npm registry, or a cache that has the packages; behind a\n' +
        'proxy set the environment variable https_proxy, with a registry of your own npm_config_registry. Then try again.',
    )
  writeFileSync(stamp, lockHash())
}

/** Prefers the npm that started us, so that one without a PATH entry works too. */
function npm(args, cwd) {
  const env = { ...process.env }
  // What `npm run` tells its scripts would make a nested npm think of our folder instead of `cwd`.
  for (const name of Object.keys(env))
    if (/^npm_(package_|lifecycle_|config_local_prefix$)/i.test(name)) delete env[name]
  const options = { cwd, env, stdio: ['ignore', 2, 2] }
  const script = process.env.npm_execpath
  if (script && /npm-cli\.c?js$/.test(script) && existsSync(script))
    return spawnSync(process.execPath, [script, ...args], options)
  return spawnSync(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    ...options,
    shell: process.platform === 'win32',
  })
}

function pinnedNode() {
  const home = join(modules, 'node')
  const binary = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(binary) && existsSync(home)) fetchBinary(home, binary)
  if (majorOf(binary) === wantedMajor) return binary
  if (majorOf(process.execPath) >= wantedMajor) return process.execPath // say, a system that the package has no binary for
  throw new InstallError(
    `Lazaret runs on Node ${wantedMajor}, which npm's \`node\` package should have brought, but ${binary} ` +
      `${existsSync(binary) ? 'does not run on this system' : 'is missing'}.\n` +
      `Remove node_modules and try again, or run with an installed Node ${wantedMajor}.`,
  )
}

/**
 * The `node` package fetches its binary in an install script. Where npm does not run those (newer npm, or a setting),
 * we do here what that script does.
 */
function fetchBinary(home, binary) {
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  const prefix = process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin' : 'node'
  const name = `${prefix}-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  process.stderr.write(`Fetching Node ${version} …\n`)
  const result = npm(
    ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', `${name}@${version}`],
    home,
  )
  if (result.status !== 0)
    throw new InstallError(
      `Fetching Node ${version} (npm package ${name}) failed; npm's message stands above.`,
    )
  mkdirSync(dirname(binary), { recursive: true })
  linkSync(join(home, 'node_modules', name, 'bin', basename(binary)), binary)
}

/** NaN when it does not run. */
function majorOf(binary) {
  const result = spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' })
  return result.status === 0 ? Number.parseInt(result.stdout, 10) : Number.NaN
}
