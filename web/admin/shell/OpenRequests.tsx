/** How many requests are open, in the menu. Asked for again when the server says that they have changed. */
import { Badge } from '@mantine/core'
import { useApi } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'

export function OpenRequests() {
  const { shell } = useText()
  const { data } = useApi('countRequests', {}, { staleTime: 60_000 })
  if (!data || data.open === 0) return null
  return (
    <Badge
      size="sm"
      variant="filled"
      aria-label={shell.openRequests(data.open, data.isExact)}
      style={{ fontVariantNumeric: 'tabular-nums' }}
    >
      {data.isExact ? data.open : `${data.open}+`}
    </Badge>
  )
}
