/**
 * What the npm scripts call: `start`, `demo`, `build`, `test`, `check`, `browser`, `crash`, `interop`, `lazaret …`. Runs
 * on Node 20 or later with nothing installed: it installs what is missing, then runs the task on the pinned Node,
 * passing on signals and the exit code.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import { buildConsoles } from './console.mjs'
import { grouped } from './groups.mjs'
import { InstallError, ready, root } from './install.mjs'

const tasks = {
  start: (args) => served(['serve', ...args], root),
  demo: (args) => served(['demo', ...args], root),
  lazaret: (args) => (args[0] === 'serve' ? served : product)(args, process.env.INIT_CWD ?? process.cwd()),
  build: () => report(buildConsoles(node) ? [] : ['build']),
  check: async () => report(await check()),
  test: (args) => test(args),
  browser: (args) => (buildConsoles(node) ? browser(args) : report(['build'])),
  crash: (args) => suite('test/crash', args),
  interop: (args) => suite('test/interop', args),
}

const [task = '', ...args] = process.argv.slice(2)
let node = process.execPath
/** What is done even when a signal ends us. */
let leave = () => {}

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
        leave()
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

/** Names of the checks that failed; all run side by side, and what each says comes in one piece. */
async function check() {
  const tools = {
    types: ['node_modules/typescript/bin/tsc', '-p', '.'],
    'types of the console': ['node_modules/typescript/bin/tsc', '-p', 'web', '--noEmit'],
    'format and lint': ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
    'unused code': ['node_modules/knip/bin/knip.js', '--no-progress'],
  }
  const run = ([name, args]) =>
    new Promise((resolve) => {
      execFile(
        node,
        args,
        { cwd: root, env: environment(), maxBuffer: 1 << 26 },
        (error, out, complaints) => {
          process.stdout.write(out + complaints)
          console.log(`${error ? '✖' : '✔'} ${name}`)
          resolve(error ? [name] : [])
        },
      )
    })
  return (await Promise.all(Object.entries(tools).map(run))).flat()
}

function report(failed) {
  if (failed.length === 0) return
  console.error(`Failed: ${failed.join(', ')}.`)
  process.exitCode = 1
}

/** `npm test`: the checks, then every test but the long suites. `npm test -- word`: only test files with it in their path. */
async function test(words) {
  const failed = words.length > 0 ? [] : await check()
  if (!buildConsoles(node)) failed.push('build')
  const files = [...testFiles('src'), ...testFiles('test')]
    .filter((file) => !/^test[\\/](browser|crash|interop)[\\/]/.test(file))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  const folder = folderOfRun()
  leave = () => rmSync(folder, { recursive: true, force: true })
  try {
    // One more than there are cores: tests wait now and then, for threads and servers.
    const atOnce = Math.min(8, availableParallelism() + 1)
    await nodeTest(grouped(files, folder), words, { testSeconds: 300, allMinutes: 25, atOnce })
  } finally {
    leave()
  }
  report(failed)
}

/**
 * Where tests put what they write, for this run alone: in memory where there is room (Linux). What they have synced is
 * synced there as well, sooner. What a run that was killed has left is removed.
 */
function folderOfRun() {
  const memory = '/dev/shm'
  const top = existsSync(memory) && room(memory) > 3e9 ? memory : tmpdir()
  for (const name of readdirSync(top)) {
    const pid = /^lazaret-tests-(\d+)$/.exec(name)?.[1]
    if (pid && !isAlive(Number(pid))) rmSync(join(top, name), { recursive: true, force: true })
  }
  const folder = join(top, `lazaret-tests-${process.pid}`)
  // PostgreSQL has an account of its own, and goes through it.
  mkdirSync(folder, { mode: 0o755 })
  process.env.TMPDIR = folder
  process.env.LAZARET_TEST_TEMPLATES = folder
  return folder
}

function room(folder) {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Everything on SQLite; then once more on PostgreSQL what an engine has a part in. */
async function browser(words) {
  await unpackChromium()
  await suite('test/browser', words)
  const again = testFiles('test/browser').filter(
    (file) =>
      /(^|[\\/])(query|release|user(?!-(?:languages|look|words)\.))/.test(file) &&
      (words.length === 0 || words.some((word) => file.includes(word))),
  )
  if (again.length === 0 || process.exitCode) return
  console.log('\nOn PostgreSQL:')
  process.env.LAZARET_TEST_ENGINE = 'postgres'
  await nodeTest(again, words, { testSeconds: 1200, allMinutes: 40 })
}

/** Once, before two test files want it at a time: it counts as there while the first is still writing it. */
async function unpackChromium() {
  if (process.env.LAZARET_TEST_CHROMIUM) return
  const { default: chromium } = await import('@sparticuz/chromium')
  await chromium.executablePath()
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
async function nodeTest(files, asked, { testSeconds, allMinutes, atOnce = 2 }) {
  if (files.length === 0) {
    console.error(`No test file matches ${asked.join(' ')}.`)
    process.exitCode = 1
    return
  }
  // Test files are many processes, and each store in them has threads: all of them would strip the types and compile the same
  // modules again.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'compiled')
  const options = [
    '--test',
    `--test-concurrency=${atOnce}`,
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
