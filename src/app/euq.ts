/** The services for users of this process: a primary, a secondary, or both, as they are wanted and switched on. */
import type { Post, Sender } from '../access/letters/letter.ts'
import { openMethods, openProviders } from '../access/signin/methods.ts'
import type { Config } from '../config.ts'
import type { Context } from '../context.ts'
import type { DigestLinks } from '../digest/opens.ts'
import { startEuq } from '../http/euq/server.ts'
import type { Listener } from '../http/listener.ts'
import type { AreaPolicy } from '../http/parts.ts'
import { Problem } from '../problem.ts'
import { sharedSecret } from '../store/fleet.ts'
import { hasUsers } from '../store/users.ts'
import { readLogo } from './logo.ts'
import type { Part } from './parts.ts'
import { version } from './version.ts'

export interface EuqNeeds {
  policy: () => { areas: readonly AreaPolicy[] }
  tls: { key: string; cert: string }
  serverName: string
  digestLinks: DigestLinks | undefined
  post: Post
  sender: Sender
}

export interface EuqServices {
  listeners: Listener[]
  /** The primary's first. */
  urls: string[]
  /** Nobody can sign in until somebody is invited. */
  lacksUsers: boolean
  /** Shows the logo as its file is now, once that is called. @throws Problem when it cannot be used. */
  renewLogo(): () => void
}

const none: EuqServices = { listeners: [], urls: [], lacksUsers: false, renewLogo: () => () => undefined }

const kinds = { euq: 'primary', 'euq-secondary': 'secondary' } as const

/**
 * @param asked the parts that were asked for by name; null: all that are switched on.
 * @throws Problem 'invalid' for a part that is asked for and switched off, 'unavailable' when an address is taken.
 */
export async function startEuqServices(
  ctx: Context,
  config: Config,
  asked: readonly Part[] | null,
  needs: EuqNeeds,
): Promise<EuqServices> {
  const wanted = (['euq', 'euq-secondary'] as const).filter((part) => asked?.includes(part) ?? true)
  if (wanted.length === 0) return none
  if (!config.euq.enabled) {
    if (asked === null) return none
    throw new Problem(
      'invalid',
      `The role ${wanted[0]} is asked for, but the quarantine of users is switched off.`,
      'Set enabled = true in section [euq], or leave the role out.',
    )
  }
  await using opened = new AsyncDisposableStack()
  let logo = readLogo(config.euq.logo)
  const deps = {
    ...needs,
    logo: () => logo,
    methods: methodsOf(ctx, config),
    providers: openProviders(ctx.clock, config.sign_in),
    signIn: config.sign_in,
    digest: needs.digestLinks,
    ownDomains: () => config.policy.own_domains,
    version,
    secret: await ctx.db.transaction((trx) => sharedSecret(trx)),
  }
  const listeners: Listener[] = []
  for (const part of wanted) listeners.push(opened.use(await startEuq(ctx, kinds[part], config.euq, deps)))
  const { methods, oidc, link, link_creates_users } = config.sign_in
  const byLink = link && link_creates_users && config.policy.own_domains.length > 0
  const lacksUsers =
    !byLink &&
    methods.every((name) => name === 'local') &&
    oidc.length === 0 &&
    !(await hasUsers(ctx.db.read))
  opened.move()
  return {
    listeners,
    lacksUsers,
    renewLogo() {
      const renewed = readLogo(config.euq.logo)
      return () => {
        logo = renewed
      }
    },
    urls: listeners.flatMap(({ addresses }) => addresses.map((address) => `https://${address}`)),
  }
}

/** What they are now holds until the next start. */
function methodsOf({ db }: Context, config: Config) {
  const methods = openMethods(db, config.sign_in)
  return () => methods
}
