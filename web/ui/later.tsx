/**
 * Pages and parts of pages that are loaded when they are first asked for. What cannot be loaded, the server being out of
 * reach or of another version by now, says so and takes nothing else away.
 */
import { type ComponentType, type ReactNode, use, useEffect } from 'react'
import { useText } from '../text/index.ts'
import { Failure } from './Failure.tsx'
import { tellFailure } from './notify.tsx'

type Answer<P> = { part: ComponentType<P> } | { error: unknown }

interface Closable {
  /** With it a failure is told in passing, and the part is closed again. */
  onClose?: () => void
}

type Later<P> = ((props: P & Closable) => ReactNode) & { preload: () => Promise<void> }

/** As React's `lazy`, within a Suspense, but a failure is not for ever. */
export function later<P extends object = object>(load: () => Promise<ComponentType<P>>): Later<P> {
  let asked: Promise<Answer<P>> | null = null
  // What is there already is drawn at once: a page that was loaded before it is shown has its heading when it is shown.
  let answer: Answer<P> | null = null
  const ask = () => {
    asked ??= load()
      .then((part): Answer<P> => ({ part }))
      .catch((error: unknown): Answer<P> => ({ error }))
      .then((got) => {
        answer = got
        return got
      })
    return asked
  }
  const forget = () => {
    asked = null
    answer = null
  }
  // biome-ignore lint/correctness/noComponentHookFactories: called once for each part, outside of components, as lazy() is
  const Later = (props: P & Closable) => {
    const got = answer ?? use(ask())
    if ('part' in got) return <got.part {...props} />
    return <Unloaded onClose={props.onClose} forget={forget} />
  }
  return Object.assign(Later, { preload: async () => void (await ask()) })
}

function Unloaded({ onClose, forget }: { onClose: (() => void) | undefined; forget: () => void }) {
  const { common } = useText()
  const error = new Error(common.unloadedText)
  useEffect(() => {
    forget()
    if (!onClose) return
    tellFailure(new Error(common.unloadedText))
    onClose()
  }, [forget, onClose, common])
  return onClose ? null : (
    <Failure title={common.unloaded} error={error} retry={() => void reload(common.unreachable)} />
  )
}

/** Not while there is no server: the browser would show a page of its own in place of this one. */
async function reload(unreachable: string): Promise<void> {
  try {
    await fetch('/', { method: 'HEAD', cache: 'no-store' })
    location.reload()
  } catch (error) {
    tellFailure(new Error(`${unreachable}.`, { cause: error }))
  }
}
