/** The configured ways of signing in with name and password, in the order in which they are asked. */
import type { Clock } from '../../clock.ts'
import type { Database } from '../../store/database.ts'
import { openImap } from './imap.ts'
import { openLdap } from './ldap.ts'
import { localMethod } from './local.ts'
import type { SignInMethod } from './method.ts'
import { type OidcMethod, openOidc } from './oidc.ts'
import type { MethodName, SignInOptions } from './options.ts'
import { openSmtp } from './smtp.ts'

/** @throws Problem 'invalid' when a file that is named cannot be read. */
export function openMethods(db: Database, options: SignInOptions): SignInMethod[] {
  const open: Record<MethodName, () => SignInMethod[]> = {
    local: () => [localMethod(db)],
    ldap: () => options.ldap.map(openLdap),
    imap: () => options.imap.map(openImap),
    smtp: () => options.smtp.map(openSmtp),
  }
  return options.methods.flatMap((name) => open[name]())
}

/** The configured OpenID providers, in the order of their buttons. @throws Problem 'invalid' like the above. */
export const openProviders = (clock: Clock, options: SignInOptions): OidcMethod[] =>
  options.oidc.map((values) => openOidc(values, clock))
