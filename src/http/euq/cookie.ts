/** The cookie of users' sessions: another one than that of accounts, so that neither is taken for the other. */
export const userCookie = '__Host-lazaret-euq'

/** What is to be remembered while somebody is at a provider. */
export const providerCookie = '__Host-lazaret-euq-provider'
