/** Mail of our own in this process: who sends it, and the digests, where they are switched on. */
import { hostname } from 'node:os'
import type { Post, Sender } from '../access/letters/letter.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import type { Courier } from '../delivery/courier.ts'
import { openPost } from '../delivery/post.ts'
import { senderOf } from '../delivery/post-options.ts'
import { startPostWorker } from '../delivery/post-worker.ts'
import { type Digests, startDigests } from '../digest/digests.ts'
import type { DigestArea } from '../digest/gather.ts'
import { openLinks } from '../digest/links.ts'
import { countOpened, type DigestLinks } from '../digest/opens.ts'
import { baseUrl } from '../http/euq/options.ts'
import { heldForVirus } from '../quarantine/release.ts'
import type { Part } from './parts.ts'

export interface Mailings extends AsyncDisposable {
  /** Undefined: digests are switched off. */
  digests: Digests | undefined
  links: DigestLinks | undefined
  post: Post
  sender: Sender
}

export function startMailings(
  ctx: Context,
  config: Config,
  running: readonly Part[],
  { courier, areas }: { courier: Courier; areas: () => readonly DigestArea[] },
): Mailings {
  const stack = new AsyncDisposableStack()
  if (running.includes('delivery')) stack.use(startPostWorker(ctx, courier, config.post, config.delivery))
  const from = () => senderOf(config.post, hostname())
  const organisation = () => config.euq.organisation
  const isOn = config.digest.enabled && config.euq.enabled
  return {
    digests: isOn
      ? stack.use(
          startDigests(ctx, {
            options: config.digest,
            areas,
            isMalware: heldForVirus,
            sender: from,
            baseUrl: () => baseUrl(config.euq),
            organisation,
            rounds: running.includes('housekeeping'),
          }),
        )
      : undefined,
    links: isOn
      ? { options: config.digest, links: openLinks(ctx), opens: stack.use(countOpened(ctx)) }
      : undefined,
    post: openPost(ctx, from),
    sender: { organisation, language: () => config.digest.language },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
