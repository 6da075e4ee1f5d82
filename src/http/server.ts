/** The admin listener: the application of administrators, on https. */
import type { Context } from '../context.ts'
import { createApplication } from './application.ts'
import { answerOf, type Listener, startListener } from './listener.ts'
import type { AdminOptions } from './options.ts'
import type { AdminDeps } from './parts.ts'

/** @throws Problem 'unavailable' when an address cannot be listened on. */
export async function startAdmin(ctx: Context, options: AdminOptions, deps: AdminDeps): Promise<Listener> {
  await using opened = new AsyncDisposableStack()
  const application = opened.use(createApplication(ctx, deps, options))
  const listener = opened.use(
    await startListener(ctx, options, {
      section: 'admin',
      listen: options.listen,
      tls: deps.tls,
      answer: answerOf(application.app, ctx),
      ending: () => application.endStreams(),
    }),
  )
  const { addresses } = listener
  const stack = opened.move()
  return {
    addresses,
    reload: (tls) => listener.reload(tls),
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  }
}
