/**
 * What the npm scripts call: `start`, `demo`, `build`, `test`, `check`, `browser`, `crash`, `interop`, `lazaret …`. Runs
 * on Node 20 or later with nothing installed: it installs what is missing, then runs the task on the pinned Node,
 * passing on signals and the exit code.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join, relative } from 'node:path'
import { buildConsoles } from './console.mjs'
import { InstallError, ready, root } from './install.mjs'

const tasks = {
  start: (args) => served(['serve', ...args], root),
  demo: (args) => served(['demo', ...args], root),
  lazaret: (args) => (args[0] === 'serve' ? served : product)(args, process.env.INIT_CWD ?? process.cwd()),
  build: () => report(buildConsoles(node) ? [] : ['build']),
  check: () => report(check()),
  test: (args) => test(args),
  browser: (args) => (buildConsoles(node) ? suite('test/browser', args) : report(['build'])),
  crash: (args) => suite('test/crash', args),
  interop: (args) => suite('test/interop', args),
}

const [task = '', ...args] = process.argv.slice(2)
let node = process.execPath

if (!Object.hasOwn(tasks, task)) {
  console.error(`Unknown task '${task}'. Tasks: ${Object.keys(tasks).join(', ')}.`)
  process.exit(2)
}
try {
  node = ready(['check', 'test', 'browser', 'crash', 'interop'].includes(task))
} catch (error) {
  if (!(error instanceof InstallError)) throw error
  console.error(error.message)
  process.exit(1)
}
await tasks[task](args)

function environment() {
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH]
    .filter(Boolean)
    .join(delimiter)
  return { ...process.env, PATH: path }
}

/** With the console, which is built when it is not there or old; without it mail is taken all the same. */
function served(args, cwd) {
  buildConsoles(node)
  return product(args, cwd)
}

/** `start` and `demo` belong to the checkout; for commands people give file names relative to where they are. */
function product(args, cwd) {
  return run([join(root, 'src', 'main.ts'), ...args], cwd)
}

/** Runs Node with these arguments as if it were us: same terminal, same signals, same end; at most `limitMinutes`. */
function run(args, cwd, limitMinutes) {
  const child = spawn(node, args, { cwd, env: environment(), stdio: 'inherit' })
  const limit =
    limitMinutes &&
    setTimeout(() => {
      console.error(`Not done after ${limitMinutes} minutes, and stopped.`)
      child.kill('SIGTERM')
    }, limitMinutes * 60_000)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])
    process.on(signal, () => child.kill(signal))
  const orphaned = whenOrphaned(() => child.kill('SIGTERM'))
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${node} cannot be run: ${error.message}`)
      process.exitCode = 1
      resolve()
    })
    child.on('exit', (code, signal) => {
      clearTimeout(limit)
      clearInterval(orphaned)
      if (signal) {
        process.removeAllListeners(signal)
        process.kill(process.pid, signal)
      } else process.exitCode = code ?? 1
      resolve()
    })
  })
}

/**
 * npm passes SIGTERM on to the shell between us, which ends without passing it on: then nobody could stop us by what he
 * started. Seen by the change of our parent.
 */
function whenOrphaned(then) {
  if (!process.env.npm_lifecycle_event) return undefined
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(look)
    then()
  }, 300)
  return look
}

/** Names of the checks that failed. */
function check() {
  const tools = {
    types: ['node_modules/typescript/bin/tsc', '-p', '.'],
    'types of the console': ['node_modules/typescript/bin/tsc', '-p', 'web', '--noEmit'],
    'format and lint': ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
    'unused code': ['node_modules/knip/bin/knip.js', '--no-progress'],
  }
  return Object.entries(tools)
    .filter(([name, args]) => {
      const result = spawnSync(node, args, { cwd: root, env: environment(), stdio: 'inherit' })
      console.log(`${result.status === 0 ? '✔' : '✖'} ${name}`)
      return result.status !== 0
    })
    .map(([name]) => name)
}

function report(failed) {
  if (failed.length === 0) return
  console.error(`Failed: ${failed.join(', ')}.`)
  process.exitCode = 1
}

/** `npm test`: the checks, then every test but the long suites. `npm test -- word`: only test files with it in their path. */
async function test(words) {
  const failed = words.length > 0 ? [] : check()
  if (!buildConsoles(node)) failed.push('build')
  const files = [...testFiles('src'), ...testFiles('test')]
    .filter((file) => !/^test[\\/](browser|crash|interop)[\\/]/.test(file))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  await nodeTest(files, words, { testSeconds: 180, allMinutes: 15 })
  report(failed)
}

async function suite(folder, words) {
  const files = testFiles(folder).filter(
    (file) => words.length === 0 || words.some((word) => file.includes(word)),
  )
  await nodeTest(files, [folder, ...words], { testSeconds: 1200, allMinutes: 40 })
}

/**
 * A test that hangs fails after `testSeconds`; what it left running may keep its process, hence the limit for all: then
 * Node names what was still running.
 */
async function nodeTest(files, asked, { testSeconds, allMinutes }) {
  if (files.length === 0) {
    console.error(`No test file matches ${asked.join(' ')}.`)
    process.exitCode = 1
    return
  }
  // Node leaves one core free by default, which on two cores halves the speed.
  const options = [
    '--test',
    '--test-concurrency=2',
    `--test-timeout=${testSeconds * 1000}`,
    '--test-reporter=spec',
  ]
  await run([...options, ...files], root, allMinutes)
}

function testFiles(folder) {
  const top = join(root, folder)
  if (!existsSync(top)) return []
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .sort()
}
