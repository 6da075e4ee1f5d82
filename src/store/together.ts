/**
 * Statements that are sent one behind the other without waiting. When one fails those after it fail too, because the
 * transaction is over: the first one tells why. Ends when all have ended.
 */
export async function together<T extends readonly unknown[]>(
  statements: {
    [K in keyof T]: Promise<T[K]>
  },
): Promise<T> {
  const results = await Promise.allSettled(statements)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
  return results.map((result) => result.status === 'fulfilled' && result.value) as unknown as T
}
