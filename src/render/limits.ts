/** How much of a message is looked at, for whoever gives its bytes and whoever tells of what was left out. */
export const lookedAtBytes = 32 << 20
