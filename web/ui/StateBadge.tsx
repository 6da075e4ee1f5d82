/** The state of one recipient's copy: a word and a colour, never the colour alone. */
import { Badge } from '@mantine/core'
import { useText } from '../text/index.ts'

const colors = {
  held: 'yellow',
  releasing: 'blue',
  delivered: 'green',
  'release-failed': 'red',
  deleted: 'gray',
  expired: 'gray',
} as const

export type CopyState = keyof typeof colors

export function StateBadge({ state, count }: { state: CopyState; count?: number }) {
  const { common } = useText()
  return (
    <Badge
      className="state"
      variant="light"
      color={colors[state]}
      tt="none"
      fw={500}
      radius="sm"
      // However long the address beside it.
      style={{ flexShrink: 0 }}
    >
      {common.states[state]}
      {count !== undefined && count > 1 ? ` ${count}` : ''}
    </Badge>
  )
}
