/** Takes back deletions and tells how it went. */
import type { QueryClient } from '@tanstack/react-query'
import { call } from '../../api/client.ts'
import { changed } from '../../api/hooks.ts'
import type { Text } from '../../text/index.ts'
import { tellDone, tellFailure } from '../../ui/notify.tsx'
import { pieces } from './held.ts'

export async function restore(
  client: QueryClient,
  ids: readonly string[],
  text: Text['deeds'],
): Promise<void> {
  let done = 0
  let why = ''
  try {
    for (const part of pieces(ids)) {
      const { results } = await call('restoreMessages', { body: { ids: part } })
      done += results.filter(({ result }) => result === 'done').length
      why ||= results.find(({ result }) => result !== 'done')?.text ?? ''
    }
    if (done > 0) tellDone(text.restored(done))
    else tellFailure(new Error(why || text.restoredNone))
  } catch (error) {
    tellFailure(error)
  }
  changed(client, ['messages', 'areas'])
}
