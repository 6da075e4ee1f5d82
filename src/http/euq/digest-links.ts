/**
 * Links of digests. To open one shows what its button will do and changes nothing, however often and by whomever: what
 * reads mail opens links. The button acts once, by the same functions as the console, for the user whose link it is; and
 * whoever comes after is told what became of the message. A link is a secret: it is in no log, and nothing that is thrown
 * here gets to where its path would be written.
 */
import type { Hono, Context as HonoContext } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Actor, actorName, isUsersName } from '../../access/actor.ts'
import { scopeOf } from '../../access/scope.ts'
import { senderOf } from '../../access/sender-patterns.ts'
import { addressNetwork, Throttle } from '../../access/throttle.ts'
import type { Link, LinkAction } from '../../digest/links.ts'
import type { DigestLinks } from '../../digest/opens.ts'
import { setSchedule, zoneAndLanguage } from '../../digest/plan.ts'
import type { Language } from '../../digest/schedule.ts'
import { reasonText, texts } from '../../digest/text/text.ts'
import { dateFormat, shortLine } from '../../digest/write.ts'
import { doMine, type Holder, mayDo, seenCopies } from '../../quarantine/mine.ts'
import type { ListedSender } from '../../quarantine/mine-senders.ts'
import { heldForVirus } from '../../quarantine/release.ts'
import { type Holding, holdingsOf } from '../../store/holdings.ts'
import { type MyMessage, myMessages } from '../../store/my-messages.ts'
import type { UsersTable } from '../../store/user-schema.ts'
import { cookieOf } from '../caller.ts'
import type { Env } from '../mount.ts'
import { userCookie } from './cookie.ts'
import { browserLanguage, type DigestPage, digestPage, digestPageHeaders } from './digest-page.ts'
import { baseUrl } from './options.ts'
import type { EuqParts } from './parts.ts'

/** Of links that are none of ours, from one network, before it has to wait. */
const badLinks = { failures: 100, windowMs: 600_000 }
const formLimitBytes = 2000

interface Answer {
  status: ContentfulStatusCode
  page: DigestPage
}

export function mountDigestLinks(
  app: Hono<Env>,
  { ctx, deps, options: euq, sessions }: Pick<EuqParts, 'ctx' | 'deps' | 'options' | 'sessions'>,
  { options, links, opens }: DigestLinks,
  clientAddress: (c: HonoContext<Env>) => string,
): void {
  const throttle = new Throttle(ctx.clock, badLinks)

  app.get('/digest/:token', (c) => answer(c, false))
  app.post('/digest/:token', (c) => answer(c, true))

  async function answer(c: HonoContext<Env>, isPost: boolean): Promise<Response> {
    c.set('route', 'digestLink')
    let language = browserLanguage(c.req.header('accept-language'), options.language)
    const say = ({ status, page }: Answer) => c.body(digestPage(language, page), status, digestPageHeaders)
    const words = () => texts[language].page
    try {
      const attempt = throttle.begin([{ key: addressNetwork(clientAddress(c)) }])
      if (typeof attempt === 'number') return say({ status: 429, page: { words: words().tooMany } })
      const read = await links.read(c.req.param('token') ?? '')
      if (!read) return say({ status: 404, page: { words: words().unknown, link: consoleLink(language) } })
      attempt.withdrawn()
      const { link, user } = read
      if (user.locale !== '') language = zoneAndLanguage(options, user).language
      if (link.expiresAt <= ctx.clock.now())
        return say({ status: 410, page: { words: words().expired, link: consoleLink(language) } })
      opens.opened(link)
      const wanted = isPost && (await isMeant(c, link.action))
      if (!wanted) return say(await look(link, user, language))
      if (options.links_need_sign_in && link.action !== 'unsubscribe' && !(await isSignedIn(c, user)))
        return say({
          status: 403,
          page: { words: words().needsSignIn, link: consoleLink(language, 'signIn') },
        })
      return say(await act(c, link, user, language))
    } catch (error) {
      ctx.events.tell({ kind: 'failure', where: 'digest link', error })
      return say({ status: 500, page: { words: words().error } })
    }
  }

  const consoleLink = (language: Language, name: 'openConsole' | 'signIn' = 'openConsole') => ({
    name: name === 'signIn' ? texts[language].page.signIn : texts[language].openConsole,
    url: `${baseUrl(euq)}/`,
  })

  async function isSignedIn(c: HonoContext<Env>, user: UsersTable): Promise<boolean> {
    const token = cookieOf(c.req.header('cookie'), userCookie)
    const session = token === null ? null : await sessions.find(token, clientAddress(c))
    return session?.user.id === user.id
  }

  async function holderOf(user: UsersTable, origin: string): Promise<Holder> {
    const actor: Actor = { name: user.name, role: 'user', origin }
    return { actor, scope: await scopeOf(ctx.db.read, user.id), areas: deps.policy().areas }
  }

  /** What the button would do; nothing is changed. */
  async function look(link: Link, user: UsersTable, language: Language): Promise<Answer> {
    const { page } = texts[language]
    const { action } = link
    if (action === 'unsubscribe')
      return {
        status: 200,
        page: { words: page.askUnsubscribe, button: { name: page.doUnsubscribe, action: link.action } },
      }
    return await withMessage(link, user, '', language, async (holder, message, facts) => {
      if (!isWaiting(holder, message)) return await became(holder, message, facts, user, language)
      const refusal = refused(holder, message, action, language)
      if (refusal) return { status: 403, page: { words: refusal, facts, link: consoleLink(language) } }
      const { [action]: name } = buttons
      return {
        status: 200,
        page: {
          words: asked(holder, message, action, language),
          facts,
          button: { name: texts[language][name], action },
        },
      }
    })
  }

  async function act(c: HonoContext<Env>, link: Link, user: UsersTable, language: Language): Promise<Answer> {
    const { page } = texts[language]
    const { action } = link
    const origin = clientAddress(c)
    if (action === 'unsubscribe') {
      const actor: Actor = { name: user.name, role: 'user', origin }
      await setSchedule(ctx, options, actor, user, { times: options.times, days: [] })
      opens.acted(link)
      return { status: 200, page: { words: page.unsubscribed, link: consoleLink(language) } }
    }
    return await withMessage(link, user, origin, language, async (holder, message, facts) => {
      if (!isWaiting(holder, message)) return await became(holder, message, facts, user, language)
      const refusal = refused(holder, message, action, language)
      if (refusal) return { status: 403, page: { words: refusal, facts, link: consoleLink(language) } }
      const deed = action === 'delete' ? action : 'not-spam'
      const list = action === 'approve' ? { user, limit: euq.senders_per_user } : null
      const [result] = await doMine(ctx, holder, deed, [message.id], list)
      if (result?.result !== 'done') return await became(holder, message, facts, user, language)
      opens.acted(link)
      const words = action === 'delete' ? page.deleted : releasedWords(result.sender, language)
      return { status: 200, page: { words, facts, link: consoleLink(language) } }
    })
  }

  async function withMessage(
    { messageId }: Link,
    user: UsersTable,
    origin: string,
    language: Language,
    work: (holder: Holder, message: MyMessage, facts: DigestPage['facts']) => Promise<Answer>,
  ): Promise<Answer> {
    const holder = await holderOf(user, origin)
    const [message] = await myMessages(ctx.db, [messageId], [...holder.scope])
    if (!message || seenCopies(holder, message).length === 0)
      return { status: 404, page: { words: texts[language].page.gone, link: consoleLink(language) } }
    const text = texts[language]
    return await work(holder, message, [
      [text.from, shortLine(message.header_from || message.sender, 150) || text.noSender],
      [text.about, shortLine(message.subject, 200) || text.noSubject],
      [text.heldFor, reasonText(text, message.reason)],
    ])
  }

  /** Somebody was faster, perhaps the same person: who, and when. Others are not named. */
  async function became(
    { scope, actor }: Holder,
    message: MyMessage,
    facts: DigestPage['facts'],
    user: UsersTable,
    language: Language,
  ): Promise<Answer> {
    const { page } = texts[language]
    const copies = (await holdingsOf(ctx.db.read, [message.id])).filter(({ address_key }) =>
      scope.has(address_key),
    )
    const when = (ms: number) => dateFormat(language, zoneAndLanguage(options, user).timeZone).format(ms)
    const who = (name: string) =>
      name === actorName(actor) ? page.you : isUsersName(name) ? page.somebody : page.administrator
    const tell = ({ state, released_by, released_at, changed_by, changed_at }: Holding): string | null => {
      if (state === 'releasing')
        return page.releasedBefore(who(released_by ?? changed_by), when(released_at ?? changed_at))
      if (state === 'delivered') return page.deliveredBefore(who(released_by ?? changed_by), when(changed_at))
      if (state === 'deleted') return page.deletedBefore(who(changed_by), when(changed_at))
      return null
    }
    const words = copies.map(tell).find((one) => one !== null) ?? page.unchanged
    return { status: 200, page: { words, facts, link: consoleLink(language) } }
  }
}

const buttons = { 'not-spam': 'notSpam', delete: 'delete', approve: 'approve' } as const

function asked(
  { scope }: Holder,
  message: MyMessage,
  action: Exclude<LinkAction, 'unsubscribe'>,
  language: Language,
): string {
  const { page } = texts[language]
  if (action === 'delete') return page.askDelete
  const sender = action === 'approve' ? senderOf(message, (key) => scope.has(key)) : null
  return sender === null ? page.askNotSpam : page.askApprove(sender)
}

/** @param sender absent where nobody was to be approved. */
function releasedWords(sender: ListedSender | undefined, language: Language): string {
  const { page } = texts[language]
  if (!sender) return page.released
  if (sender.pattern === null) return page.noSenderToApprove
  return sender.result === 'full' ? page.listFull : page.approved(sender.pattern)
}

const isWaiting = (holder: Holder, message: MyMessage): boolean =>
  seenCopies(holder, message).some(({ state }) => state === 'held' || state === 'release-failed')

/** Null: it may be done. */
function refused(
  holder: Holder,
  message: MyMessage,
  action: Exclude<LinkAction, 'unsubscribe'>,
  language: Language,
): string | null {
  const { page } = texts[language]
  if (mayDo(holder, message, action === 'approve' ? 'not-spam' : action)) return null
  return heldForVirus(message) ? page.malware : page.notAllowed
}

/**
 * The form of our own page, or the one-click answer to List-Unsubscribe-Post (RFC 8058). What sends anything else, or
 * from a page of another site, is shown the page.
 */
async function isMeant(c: HonoContext<Env>, action: LinkAction): Promise<boolean> {
  const site = c.req.header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false
  const form = new URLSearchParams(await readForm(c.req.raw))
  if (form.get('do') === action) return true
  return action === 'unsubscribe' && form.get('List-Unsubscribe') === 'One-Click'
}

/** The body as far as it is a short one; else nothing. */
async function readForm(request: Request): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of request.body ?? []) {
    size += piece.length
    if (size > formLimitBytes) return ''
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('latin1')
}
