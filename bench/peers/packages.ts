/**
 * Installs Debian packages that a bench or an interoperation test needs, as root, without starting any service
 * (policy-rc.d answers 101). Waits for another apt that holds the lock.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'

/** Throws with what to do when packages are missing and cannot be installed. */
export function needPackages(...names: string[]): void {
  const missing = names.filter((name) => !isInstalled(name))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0)
    throw new Error(
      `needs the Debian packages ${missing.join(', ')}: run as root on Debian or Ubuntu, or install them`,
    )
  if (!existsSync('/usr/sbin/policy-rc.d'))
    writeFileSync('/usr/sbin/policy-rc.d', '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  const questions = 'postfix postfix/main_mailer_type select No configuration\n'
  spawnSync('debconf-set-selections', { input: questions })
  apt('update')
  apt('install', '-y', '--no-install-recommends', ...missing)
  const still = missing.filter((name) => !isInstalled(name))
  if (still.length > 0) throw new Error(`apt-get did not install ${still.join(', ')}`)
}

const isInstalled = (name: string): boolean =>
  /^Status: .* ok installed$/m.test(spawnSync('dpkg', ['-s', name], { encoding: 'utf8' }).stdout)

function apt(...args: string[]): void {
  const command = ['-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', ...args]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // The lock of the package lists has no time-out option of its own: try again.
  for (let attempt = 1; ; attempt++) {
    const { status, stderr } = spawnSync('apt-get', command, { encoding: 'utf8', env, timeout: 600_000 })
    if (status === 0) return
    const locked = /lock/i.test(stderr)
    if (attempt === (locked ? 30 : 3))
      throw new Error(`apt-get ${args[0]} failed: ${stderr.trim().slice(-500)}`)
    spawnSync('sleep', ['5'])
  }
}
