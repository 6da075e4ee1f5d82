/** Letters that the product mails to people, as the next hop of a scene gets them, and the links and codes in them. */
import type { Scene } from './scene.ts'

export interface ReceivedLetter {
  sender: string
  to: string
  head: string
  /** What there is in it, text and HTML, decoded. */
  body: string
  /** The link, at the address where the scene's users are. */
  link: string
  code: string
}

/** Does something, and waits for the letter that comes of it. */
export async function letterAfter(scene: Scene, deed: () => Promise<unknown>): Promise<ReceivedLetter> {
  const before = scene.hop.mails.length
  const arrived = Promise.withResolvers<void>()
  scene.hop.script.answer = (step) => {
    // It is kept in the same turn.
    if (step === '.') arrived.resolve()
    return undefined
  }
  await deed()
  await arrived.promise
  delete scene.hop.script.answer
  const mail = scene.hop.mails[before]
  const text = mail?.bytes.toString('latin1') ?? ''
  const end = text.indexOf('\r\n\r\n')
  const body = decoded(text.slice(end + 4))
  const [, path = ''] = /https:\/\/[^/\s"]+(\/[a-z-]+#[\w-]{43})/.exec(body) ?? []
  return {
    sender: mail?.sender ?? '?',
    to: mail?.recipients.join() ?? '',
    head: text.slice(0, end),
    body,
    link: `${scene.euqUrl}${path}`,
    code: /\n([0-9A-Z]{4}-[0-9A-Z]{4})\r?\n/.exec(body)?.[1] ?? '',
  }
}

const decoded = (text: string): string =>
  Buffer.from(
    text
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8')
