/** Who is signed in, for every page. */
import { createContext, useContext } from 'react'
import type { AnswerOf } from './client.ts'

export type Session = AnswerOf<'whoAmI'>

const SessionContext = createContext<Session | null>(null)
export const SessionProvider = SessionContext.Provider

/** Only inside the shell, where somebody is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('useSession outside of a session')
  return session
}

/** Whether the one who is signed in may do it. The server decides again. */
export function useMay(permission: string): boolean {
  return useSession().permissions.includes(permission)
}
