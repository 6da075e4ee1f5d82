/**
 * Adds to package-lock.json what `npm install` leaves out when a registry lacks packages for other platforms (a partial
 * mirror): an entry for every optional dependency. Without them `npm ci` refuses the lock file everywhere. Run it after
 * changing dependencies behind such a registry; test/tidy.test.ts tells when it is needed.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))

for (const { optionalDependencies = {}, dev } of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(optionalDependencies)) {
    const path = `node_modules/${name}`
    if (lock.packages[path]) continue
    const version = range.replace(/^[\^~]/, '')
    const os = /android|darwin|freebsd|linux|openharmony|win32|windows/.exec(name)?.[0]
    const cpu = /arm64|x64|ia32|ppc64|riscv64|s390x|wasm32|\barm\b/.exec(name)?.[0]
    if (!os || !cpu || !/^\d+\.\d+\.\d+/.test(version))
      throw new Error(`Cannot tell the platform of ${name}@${range}.`)
    const libc = name.includes('musl') ? 'musl' : os === 'linux' && name.includes('gnu') ? 'glibc' : undefined
    lock.packages[path] = {
      version,
      cpu: [cpu],
      ...(dev ? { dev: true } : {}),
      ...(libc ? { libc: [libc] } : {}),
      optional: true,
      os: [os === 'windows' ? 'win32' : os],
    }
    console.log(`added ${name}@${version} (${os} ${cpu}${libc ? ` ${libc}` : ''})`)
  }
}

const inOrder = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(inOrder) }, null, 2)}\n`)
