/**
 * Signing in against a directory: the entry is found first (by a service account, or by binding directly), exactly one,
 * and the password is tried on it with a simple bind. Referrals, references and aliases are not followed: the directory
 * that was named is asked, no other.
 */
import { randomUUID } from 'node:crypto'
import { domainOf } from '../../mail/address.ts'
import { addressesAmong, displayOf } from './addresses.ts'
import { encodeFilter, escapeDnValue, type Filter, parseFilter, type Values } from './ldap-filter.ts'
import { bindPasswordOf, type LdapValues } from './ldap-options.ts'
import { Directory, type Entry } from './ldap-wire.ts'
import type { Recognised, SignInMethod } from './method.ts'
import { canBeAsked, firstAnswer, placesOf } from './servers.ts'
import { Unreachable } from './wire.ts'

/**
 * Result codes of a person's bind that are about the person (RFC 4511 §4.1.9): constraintViolation (locked),
 * noSuchObject, invalidDNSyntax, inappropriateAuthentication (has no password), invalidCredentials (Active Directory:
 * also expired, locked, disabled), insufficientAccessRights, unwillingToPerform (disabled).
 */
const personal = new Set([19, 32, 34, 48, 49, 50, 53])

/** Names that may stand in a bind name that is no DN, such as `{local}@corp.example`. */
const plainName = /^[\p{L}\p{N}\p{M}._@+'-]+$/u

const anything = parseFilter('(objectClass=*)')

export function openLdap(values: LdapValues): SignInMethod {
  const places = placesOf(values, { implicit: 636, starttls: 389, none: 389 })
  const source = values.label === '' ? 'ldap' : `ldap ${values.label}`
  const asking: Asking = {
    values,
    filter: parseFilter(values.filter),
    group: values.group_filter === '' ? null : parseFilter(values.group_filter),
    servicePassword: bindPasswordOf(values),
  }
  return {
    kind: 'ldap',
    async check(name, password, signal) {
      const bind = bindNameOf(values.bind_template, name)
      if (!canBeAsked(name, password) || bind === null) return null
      const within = AbortSignal.any([signal, AbortSignal.timeout(values.timeout_s * 1000)])
      const entry = await firstAnswer(source, places, within, async (place) => {
        const directory = await Directory.open(place, within)
        try {
          return values.bind_template === ''
            ? await foundThenBound(directory, asking, name, password)
            : await boundThenFound(directory, asking, name, bind, password)
        } finally {
          directory.close()
        }
      })
      return entry && recognised(entry, values, source)
    },
  }
}

interface Asking {
  values: LdapValues
  filter: Filter
  group: Filter | null
  servicePassword: string
}

const isDn = (template: string): boolean => template.includes('=')

/** What is bound with directly; null when the name cannot stand there; '' without a template. */
function bindNameOf(template: string, name: string): string | null {
  if (template !== '' && !isDn(template) && !plainName.test(name)) return null
  return template.replace(/\{(name|local)\}/g, (_, key: string) => {
    const value = key === 'name' ? name : localOf(name)
    return isDn(template) ? escapeDnValue(value) : value
  })
}

const localOf = (name: string): string => (name.includes('@') ? name.slice(0, name.lastIndexOf('@')) : name)

async function foundThenBound(
  directory: Directory,
  asking: Asking,
  name: string,
  password: string,
): Promise<Entry | null> {
  const { bind_dn: service, base } = asking.values
  if (service !== '') {
    const code = await directory.bind(service, asking.servicePassword)
    if (code !== 0) throw new Unreachable(`the directory refused bind_dn with code ${code}`)
  }
  const put: Values = { name, local: localOf(name) }
  const entry = await theOne(directory, asking, put)
  if (!entry || !(await isMember(directory, asking, entry, put))) {
    // As much to do as for a name that is there, as far as it is ours to say; no real entry hears of the password.
    await directory.bind(`cn=${randomUUID()},${base}`, password)
    return null
  }
  return (await isRight(directory, entry.dn, password)) ? entry : null
}

async function boundThenFound(
  directory: Directory,
  asking: Asking,
  name: string,
  bind: string,
  password: string,
): Promise<Entry | null> {
  const put: Values = { name, local: localOf(name), bind }
  if (!(await isRight(directory, bind, password))) return null
  // The entry that was bound as, not one that merely looks like it.
  const entry = isDn(asking.values.bind_template)
    ? onlyOne(await directory.search(bind, false, encodeFilter(anything, {}), wanted(asking), timeOf(asking)))
    : await theOne(directory, asking, put)
  return entry && (await isMember(directory, asking, entry, put)) ? entry : null
}

async function isRight(directory: Directory, dn: string, password: string): Promise<boolean> {
  const code = await directory.bind(dn, password)
  if (code !== 0 && !personal.has(code))
    throw new Unreachable(`the directory answered a bind with code ${code}`)
  return code === 0
}

const wanted = ({ values }: Asking): string[] => [...values.address_attributes, ...values.display_attributes]
const timeOf = ({ values }: Asking): number => values.timeout_s

/** Two entries are as good as none: nobody can tell whose password it is. */
function onlyOne(entries: Entry[]): Entry | null {
  const [entry] = entries
  return entry && entries.length === 1 && entry.dn !== '' ? entry : null
}

async function theOne(directory: Directory, asking: Asking, put: Values): Promise<Entry | null> {
  const filter = encodeFilter(asking.filter, put)
  return onlyOne(await directory.search(asking.values.base, true, filter, wanted(asking), timeOf(asking)))
}

async function isMember(directory: Directory, asking: Asking, entry: Entry, put: Values): Promise<boolean> {
  if (!asking.group) return true
  const { group_base, base } = asking.values
  const filter = encodeFilter(asking.group, { ...put, dn: entry.dn })
  // 1.1: no attributes (RFC 4511 §4.5.1.8).
  const groups = await directory.search(group_base || base, true, filter, ['1.1'], timeOf(asking))
  return groups.length > 0
}

/** Null when the entry has no mail address: then there is no mail of his to see. */
function recognised({ values }: Entry, options: LdapValues, source: string): Recognised | null {
  const of = (names: readonly string[]) => names.flatMap((name) => values.get(name.toLowerCase()) ?? [])
  const { domains } = options
  const addresses = addressesAmong(of(options.address_attributes)).filter(
    (address) => domains.length === 0 || domains.includes(domainOf(address)),
  )
  const [name] = addresses
  if (name === undefined) return null
  return { name, display: displayOf(of(options.display_attributes)[0] ?? ''), addresses, source }
}
