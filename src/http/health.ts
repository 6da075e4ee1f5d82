/** For load balancers and supervisors: alive says that the process answers, ready that it can do its work. */
import type { Context } from '../context.ts'
import { takesTransactions } from '../store/counts.ts'

const readyWithinMs = 3000

/** Null: ready; otherwise why not, without anything of an error's text. */
export async function whyUnready(
  ctx: Context,
  unready: (() => string | null) | undefined,
): Promise<string | null> {
  const late = Promise.withResolvers<string>()
  const timer = setTimeout(() => late.resolve('The store does not answer.'), readyWithinMs)
  try {
    return await Promise.race([late.promise, takesTransactions(ctx.db).then(() => unready?.() ?? null)])
  } catch (error) {
    ctx.events.tell({ kind: 'failure', where: 'readyz', error })
    return 'The store takes nothing.'
  } finally {
    clearTimeout(timer)
  }
}
