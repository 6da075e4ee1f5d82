/** The number of a page of a list, as it stands in the address: anything else is the first. */
const last = 10_000

export function pageIn(written: string | null | undefined): number {
  const page = Number(written)
  return Number.isInteger(page) && page >= 1 && page <= last ? page : 1
}
