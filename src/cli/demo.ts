/**
 * `lazaret demo`: the whole round on its own, on a temporary data directory and in trial mode. Starts a server, sends
 * some hundreds of messages over SMTP, finds, releases, compares what arrived with what was sent, proves the store, and
 * stays up. With --once it ends after the round; exit code 1 when anything was not as it should be.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Client } from '../api/client.ts'
import type { AnswerOf } from '../api/routes.ts'
import type { App } from '../app.ts'
import { systemClock } from '../clock.ts'
import { defaultConfig, type LoadedConfig } from '../config.ts'
import type { Parcel } from '../delivery/courier.ts'
import { smtpCourier } from '../delivery/smtp.ts'
import { connectIn } from './connect.ts'
import { type DemoMail, demoMails } from './demo-mail.ts'
import { type DemoUser, inviteDemoUser } from './demo-user.ts'
import { wholeNumber } from './query.ts'
import { banner, stopSignals } from './serve.ts'
import { byteSize, localTime, safe, say, table, terminalColumns } from './terminal.ts'

type Item = AnswerOf<'findMessages'>['items'][number]

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description('show the whole round: mail comes in, is held, found, released, arrives')
    .option('--once', 'end after the round')
    .option('--count <messages>', 'how many to send', wholeNumber, 300)
    .addHelpText(
      'after',
      '\nNothing of your own is touched: the data directory is a temporary one, removed at the end.',
    )
    .action(demo)
}

async function demo(options: { once?: boolean; count: number }): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'lazaret-demo-'))
  const stopped = stopSignals(15)
  try {
    const loaded = await demoConfig(dataDir)
    const { startApp } = await import('../app.ts')
    await using app = await startApp(loaded)
    const round = new Round(app, connectIn(dataDir), options.count)
    const whole = await round.run()
    say(`\n${whole ? 'Everything was as it should be.' : 'NOT everything was as it should be: see ✖ above.'}`)
    if (!whole) process.exitCode = 1
    if (options.once) return
    say(`\nThe server stays up until Ctrl-C. In another terminal:\n`)
    say(`  export LAZARET_SERVER_DATA_DIR=${dataDir}`)
    say(`  npm run -s lazaret -- query --subject '*invoice*'\n`)
    say(banner(app, loaded))
    say(`  ${round.user?.name} chooses a password here, once, and looks after the own mail:`)
    say(`    ${round.user?.url}\n`)
    say(`  A minute from now: npm run -s lazaret -- digest send ${round.user?.name}`)
    say(`  puts a digest into the trial inbox.\n`)
    await stopped
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

/** Defaults, on the usual ports where they are free. */
async function demoConfig(dataDir: string): Promise<LoadedConfig> {
  const config = defaultConfig()
  config.log.level = 'error'
  config.smtp.listen = [`127.0.0.1:${await usualPort(10024)}`]
  config.admin.listen = [`127.0.0.1:${await usualPort(8445)}`]
  const users = `127.0.0.1:${(await usualPort(8447)) || (await freePort())}`
  config.euq.listen = [users]
  config.euq.secondary_listen = [`127.0.0.1:${await usualPort(8446)}`]
  config.euq.base_url = `https://${users}`
  config.digest.enabled = true
  return { config, file: null, dataDir, warnings: [] }
}

/** 0 when it is taken. */
function usualPort(port: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(0))
    probe.listen(port, '127.0.0.1', () => {
      const { port: found } = probe.address() as AddressInfo
      probe.close(() => resolve(found))
    })
  })
}

/** Where the address must be known beforehand, for links. */
const freePort = (): Promise<number> => usualPort(0)

class Round {
  readonly #app: App
  readonly #client: Client
  readonly #mails: DemoMail[]
  #whole = true
  user: DemoUser | null = null

  constructor(app: App, client: Client, count: number) {
    this.#app = app
    this.#client = client
    this.#mails = [...demoMails(count, 7, systemClock.now())]
    const refused = this.#mails.find(({ kind }) => kind === 'spam by verdict header')
    if (refused) refused.recipients = ['permerror@example.com'] // the trial inbox refuses this one for good
  }

  /** Whether everything was as it should be. */
  async run(): Promise<boolean> {
    await this.#send()
    await this.#find()
    await this.#release()
    await this.#invite()
    await this.#prove()
    return this.#whole
  }

  #expect(holds: boolean, text: string): void {
    say(`  ${holds ? '✔' : '✖'} ${text}`)
    if (!holds) this.#whole = false
  }

  async #send(): Promise<void> {
    const [, port = ''] = /:(\d+)$/.exec(this.#app.intakeAddresses[0] ?? '') ?? []
    say(`1. ${this.#mails.length} messages are sent to 127.0.0.1:${port} by SMTP, over 4 connections.`)
    const { next_hop } = defaultConfig()
    await using courier = smtpCourier(
      { ...next_hop, host: '127.0.0.1', port: Number(port), connections: 4 },
      systemClock,
    )
    const began = performance.now()
    const { signal } = new AbortController()
    const reports = await Promise.all(this.#mails.map((mail, i) => courier.carry(parcelOf(mail, i), signal)))
    const seconds = (performance.now() - began) / 1000
    const taken = reports.filter(({ outcomes }) =>
      outcomes.every(({ outcome }) => outcome === 'delivered'),
    ).length
    const bytes = this.#mails.reduce((sum, { message }) => sum + message.length, 0)
    const kinds = Map.groupBy(this.#mails, ({ kind }) => kind)
    for (const [kind, mails] of kinds) say(`     ${String(mails.length).padStart(4)} ${kind}`)
    this.#expect(
      taken === this.#mails.length,
      `${taken} were answered 250: ${byteSize(bytes)} in ${seconds.toFixed(1)} s`,
    )
  }

  async #find(): Promise<void> {
    const page = await this.#client.call('findMessages', { query: { limit: 500 } })
    const held = this.#mails.filter(({ kind }) => /spam|virus|program|many/.test(kind)).length
    say(`\n2. Held mail is found: lazaret query`)
    this.#expect(
      page.total === held,
      `${page.total} are held, ${this.#mails.length - held} were clean and passed on at once`,
    )
    for (const [reason, items] of Map.groupBy(page.items, (item) => item.reason))
      say(`     ${String(items.length).padStart(4)} ${reason}`)
    const began = performance.now()
    const found = await this.#client.call('findMessages', {
      query: { subject: '*invoice*', limit: 5, sort: 'sender' },
    })
    const ms = performance.now() - began
    say(
      `\n   lazaret query --subject '*invoice*' --sort sender --limit 5     (${found.total} in ${ms.toFixed(0)} ms)`,
    )
    const rows = found.items.map((item) => [
      item.id,
      localTime(item.receivedAt),
      item.sender,
      item.recipients[0]?.address ?? '',
      item.subject,
      item.reason,
    ])
    say(
      table(
        ['   ID', 'RECEIVED', 'SENDER', 'RECIPIENT', 'SUBJECT', 'REASON'],
        rows.map(([id = '', ...rest]) => [`   ${id}`, ...rest]),
        terminalColumns(),
      ),
    )
  }

  async #release(): Promise<void> {
    say('\n3. Mail is released.')
    const spam = await this.#items('spam')
    const single = spam
      .filter(
        ({ recipients }) => recipients.length === 1 && recipients[0]?.address !== 'permerror@example.com',
      )
      .slice(0, 10)
    const { results } = await this.#client.call('releaseMessages', {
      body: { ids: single.map(({ id }) => id) },
    })
    this.#expect(
      results.every(({ result }) => result === 'released'),
      `${single.length} spam messages to their recipients: ${results.map(({ result }) => result)[0]}`,
    )
    const again = await this.#client.call('releaseMessages', { body: { ids: [single[0]?.id ?? ''] } })
    this.#expect(
      again.results[0]?.result === 'refused',
      `the first of them once more: ${safe(String(again.results[0]?.text))}`,
    )

    const many = spam.find(({ recipients }) => recipients.length > 10)
    const two = ['member1@example.com', 'MEMBER2@example.com']
    const some = await this.#client.call('releaseMessages', {
      body: { ids: [many?.id ?? ''], recipients: two },
    })
    this.#expect(
      some.results[0]?.result === 'released',
      `one of ${many?.recipients.length} recipients to two of them: ${safe(String(some.results[0]?.text))}`,
    )

    const [virus] = await this.#items('malware')
    const ids = [virus?.id ?? '']
    const asked = await this.#client.call('releaseMessages', { body: { ids } })
    this.#expect(asked.results[0]?.result === 'confirm', `a virus: ${safe(String(asked.results[0]?.text))}`)
    const confirmed = await this.#client.call('releaseMessages', { body: { ids, confirmVirus: true } })
    this.#expect(confirmed.results[0]?.result === 'released', 'the same with --confirm-virus: released')

    const refused = spam.find(({ recipients }) => recipients[0]?.address === 'permerror@example.com')
    if (refused) await this.#client.call('releaseMessages', { body: { ids: [refused.id] } })

    say('\n4. It arrives, byte for byte.')
    const released = [...single, ...(virus ? [virus] : []), ...(many ? [many] : [])]
    for (let i = 0; i < 200 && (await this.#due()) > 0; i++) await pause(50)
    const inbox = this.#arrived()
    const same = released.filter(({ messageId }) => {
      const sent = this.#mails.find(({ message }) => message.includes(`Message-ID: ${messageId}\r\n`))
      return sent && inbox.some((file) => file.subarray(-sent.message.length).equals(sent.message))
    })
    this.#expect(
      same.length === released.length,
      `${same.length} of ${released.length} released messages lie in the trial inbox, identical below the trace lines`,
    )
    if (!refused) return
    const failed = await this.#client.call('showMessage', { params: { id: refused.id } })
    const [copy] = failed.recipients
    const reply = copy?.deliveries.at(-1)?.attempts.at(-1)
    this.#expect(
      copy?.state === 'release-failed',
      `permerror@example.com was refused: ${copy?.state}, "${reply?.code} ${safe(reply?.reply ?? '')}"; it is kept`,
    )
  }

  async #invite(): Promise<void> {
    say('\n5. Users look after their own mail: lazaret user invite')
    this.user = await inviteDemoUser(this.#client, await this.#items('spam'))
    const { name, held } = this.user
    this.#expect(held > 0, `${name} is invited: ${held} messages are held for that address alone`)
  }

  async #items(reason: string): Promise<Item[]> {
    return (await this.#client.call('findMessages', { query: { reason, limit: 500 } })).items
  }

  async #due(): Promise<number> {
    return (await this.#client.call('listDeliveries', { query: { state: 'due' } })).items.length
  }

  #arrived(): Buffer[] {
    const { inbox = '' } = this.#app.trial ?? {}
    return readdirSync(inbox)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => readFileSync(join(inbox, name)))
  }

  async #prove(): Promise<void> {
    say('\n6. The store is proved: lazaret check')
    const { check } = await import('../quarantine/check.ts')
    const report = await check(this.#app.ctx)
    this.#expect(
      report.ok,
      `${report.messages} messages, ${byteSize(report.bytes)} read and compared, ${report.findingsTotal} findings`,
    )
    const chain = await this.#client.call('verifyAudit')
    this.#expect(chain.brokenAt === null, `the audit log is whole: ${chain.rows} rows`)
  }
}

function parcelOf(mail: DemoMail, i: number): Parcel {
  return {
    sender: mail.sender,
    recipients: mail.recipients.map((address) => ({ address, parameters: {} })),
    body: mail.eightBit ? '8BITMIME' : null,
    smtputf8: mail.smtputf8,
    size: mail.message.length,
    trace: Buffer.alloc(0),
    content: async function* () {
      yield mail.message
    },
    client: { ip: `198.51.100.${i % 250}`, name: 'mail.example.net', helo: 'mail.example.net' },
  }
}
