/**
 * A mail server as people run it: a real Postfix that hands everything to Lazaret (content_filter, with XFORWARD), takes
 * it back on a port that does not filter, and delivers into a Maildir. Own folders, free ports, loopback only.
 */
import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api, MessageItem } from '../../bench/peers/api.ts'
import { type Lazaret, lazaretPorts, startLazaret } from '../../bench/peers/lazaret.ts'
import { type Postfix, startPostfix } from '../../bench/peers/postfix.ts'
import { freePort } from '../postgres.ts'

export const domain = 'corp.example'

export interface Gateway extends AsyncDisposable {
  postfix: Postfix
  lazaret: Lazaret
  api: Api
  /** Where mail for the domain comes in. */
  port: number
  /** Everything delivered so far: CRLF line ends, Postfix's own lines first. */
  delivered(): Buffer[]
  /** Waits for the delivered mail that contains `text`. */
  arrived(text: string): Promise<Buffer>
  /** Waits for a held message with this Message-ID. */
  held(messageId: string): Promise<MessageItem>
  /** Waits until every recipient of the message is in this state. */
  until(id: string, state: string): Promise<MessageItem>
}

export interface GatewayOptions {
  via?: 'smtp' | 'lmtp'
  /** Lazaret's next hop; default: back into the same Postfix. */
  nextHopPort?: number
  /** More of Lazaret's configuration. */
  more?: string
  /** What Postfix answers to RCPT, by recipient, where it takes mail back. */
  refuses?: Record<string, string>
}

export async function openGateway({
  via = 'smtp',
  nextHopPort,
  more = '',
  refuses = {},
}: GatewayOptions = {}): Promise<Gateway> {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(tmpdir(), 'lazaret-interop-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const [port, returnPort] = [await freePort(), await freePort()]
  const ports = await lazaretPorts()
  const filter =
    via === 'smtp' ? `filter:[127.0.0.1]:${ports.smtpPort}` : `filter:inet:[127.0.0.1]:${ports.lmtpPort}`
  const refusals = Object.entries(refuses).map(([address, reply]) => `{ ${address} = ${reply} }`)
  const nobody = execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }).trim()
  const boxes = join(folder, 'boxes')
  const postfix = await startPostfix({
    folder: join(folder, 'postfix'),
    port,
    main: {
      virtual_mailbox_domains: domain,
      virtual_mailbox_base: boxes,
      virtual_mailbox_maps: 'static:all/',
      virtual_uid_maps: `static:${nobody}`,
      virtual_gid_maps: 'static:65534',
      virtual_mailbox_limit: '0',
      mynetworks: '127.0.0.0/8',
      content_filter: filter,
      minimal_backoff_time: '1s',
      maximal_backoff_time: '2s',
      queue_run_delay: '1s',
      refusals: refusals.length > 0 ? `inline:{ ${refusals.join(', ')} }` : 'static:DUNNO',
    },
    services: [
      `filter unix - - n - 10 ${via} -o ${via}_send_xforward_command=yes -o disable_mime_output_conversion=yes`,
      `127.0.0.1:${returnPort} inet n - n - 10 smtpd -o content_filter= -o smtpd_authorized_xforward_hosts=127.0.0.0/8 ` +
        '-o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters ' +
        '-o { smtpd_recipient_restrictions = check_recipient_access $refusals, permit_mynetworks, reject }',
    ],
  })
  stack.defer(postfix.stop)
  mkdirSync(boxes, { mode: 0o755 })
  chownSync(boxes, Number(nobody), 65534)
  const lazaret = await startLazaret({
    folder: join(folder, 'lazaret'),
    ...ports,
    nextHopPort: nextHopPort ?? returnPort,
    more,
  })
  stack.defer(async () => void (await lazaret.stop()))
  const api = await lazaret.api()
  stack.defer(api.close)
  const opened = stack.move()

  const delivered = () => {
    const box = join(boxes, 'all', 'new')
    const names = existsSync(box) ? readdirSync(box) : []
    return names.map((name) =>
      Buffer.from(readFileSync(join(box, name), 'latin1').replaceAll('\n', '\r\n'), 'latin1'),
    )
  }
  return {
    postfix,
    lazaret,
    api,
    port,
    delivered,
    arrived: (text) =>
      patiently(`mail with ${text} in the Maildir`, () => delivered().find((mail) => mail.includes(text))),
    held: (messageId) =>
      patiently(`held message ${messageId}`, async () => (await api.messages({ messageId })).items[0]),
    until: (id, state) =>
      patiently(`${id} ${state}`, async () => {
        const item = await api.get<MessageItem>(`/api/v1/messages/${id}`)
        return item.recipients.every((recipient) => recipient.state === state) ? item : undefined
      }),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

/** Asks until there is an answer, for at most 30 s: another process is at work. */
export async function patiently<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  for (const until = Date.now() + 30_000; ; ) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > until) throw new Error(`waited 30 s in vain for ${what}`)
    await sleep(100)
  }
}
