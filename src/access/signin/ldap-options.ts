/** What can be set about a directory (LDAP, Active Directory) against which people sign in. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { Problem } from '../../problem.ts'
import { FilterFault, parseFilter } from './ldap-filter.ts'
import { serverDoc, serverKeys } from './servers.ts'
import { faultOf } from './wire.ts'

const filter = z
  .string()
  .max(2000)
  .superRefine((text, check) => {
    if (text === '') return
    try {
      parseFilter(text)
    } catch (error) {
      if (!(error instanceof FilterFault)) throw error
      check.addIssue({ code: 'custom', message: `the filter ${error.message}` })
    }
  })
const attributes = z
  .array(z.string().regex(/^(?:[A-Za-z][A-Za-z0-9-]{0,100}|[0-9]+(?:\.[0-9]+)+)$/, 'write an attribute name'))
  .min(1)
  .max(20)

export const defaultFilter =
  '(|(mail={name})(uid={name})(userPrincipalName={name})(sAMAccountName={name})(proxyAddresses=smtp:{name}))'

export const ldapSchema = z
  .strictObject({
    ...serverKeys,
    base: z.string().trim().max(1000).default(''),
    filter: filter.default(defaultFilter),
    bind_dn: z.string().max(1000).default(''),
    bind_password: z.string().max(1000).default(''),
    bind_password_file: z.string().max(4096).default(''),
    bind_template: z.string().max(1000).default(''),
    address_attributes: attributes.default(['mail', 'proxyAddresses', 'mailAlternateAddress']),
    display_attributes: attributes.default(['displayName', 'cn']),
    domains: z.array(z.string().trim().toLowerCase().min(1).max(253)).max(10_000).default([]),
    group_base: z.string().trim().max(1000).default(''),
    group_filter: filter.default(''),
  })
  .superRefine((values, check) => {
    const wrong = (path: string, message: string) => check.addIssue({ code: 'custom', path: [path], message })
    const template = values.bind_template
    if (template !== '' && !/\{(?:name|local)\}/.test(template))
      wrong('bind_template', 'must have {name} or {local} where the name goes')
    if (template.replaceAll(/\{(?:name|local)\}/g, '').match(/[{}]/))
      wrong('bind_template', 'knows {name} and {local} only')
    if (template !== '' && values.bind_dn !== '')
      wrong(
        'bind_template',
        'people bind either directly (bind_template) or after a search (bind_dn), not both',
      )
    if (values.base === '' && !template.includes('=')) wrong('base', 'name the entry below which people are')
    if (template === '' && !/\{(?:name|local)\}/.test(values.filter))
      wrong('filter', 'must have {name} or {local} where the name goes')
    const secrets = [values.bind_password, values.bind_password_file].filter((secret) => secret !== '').length
    if (values.bind_dn !== '' && secrets !== 1)
      wrong('bind_password', 'bind_dn needs one of bind_password and bind_password_file')
    if (values.group_filter !== '' && !/\{(?:dn|name|local)\}/.test(values.group_filter))
      wrong('group_filter', 'must have {dn}, {name} or {local}: otherwise everybody is a member')
  })

export type LdapValues = z.infer<typeof ldapSchema>

export const ldapDoc = `Directories (LDAP, Active Directory); one [[sign_in.ldap]] table each. Two ways:
search, then bind: bind_dn with bind_password or bind_password_file (without them: anonymously) finds the
  one entry below base that matches filter, and the person's password is tried on it;
direct: bind_template = "uid={name},ou=people,dc=corp,dc=example" (that entry is read, base is not needed),
  or "{local}@corp.example" (base is searched with filter then).
filter: {name} is what was typed, {local} its part before the @, {bind} what was bound with directly.
Default:
${defaultFilter}
address_attributes = ["mail", "proxyAddresses", "mailAlternateAddress"]: whose mail a person sees. Name none
  that people may write themselves. domains: only addresses in these count; empty: all do.
display_attributes = ["displayName", "cn"].
group_filter = "(&(cn=quarantine)(member={dn}))", must find an entry below group_base (or base).
${serverDoc}`

/** @throws Problem 'invalid' when its file cannot be read. */
export function bindPasswordOf({ bind_password, bind_password_file: file }: LdapValues): string {
  if (file === '') return bind_password
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new Problem(
      'invalid',
      `bind_password_file cannot be read: ${faultOf(error)}`,
      'Name a readable file with the password of bind_dn.',
      { file },
    )
  }
}
