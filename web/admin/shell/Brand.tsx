/** The sign of the product: an envelope behind a bar, and its name. */
import { Group, Text } from '@mantine/core'
import { useText } from '../../text/index.ts'

export function Brand({ size = 28 }: { size?: number }) {
  const { common } = useText()
  return (
    <Group gap={10} wrap="nowrap">
      <img src="/favicon.svg" width={size} height={size} alt="" />
      <Text fw={650} size={size > 32 ? 'xl' : 'lg'} lh={1} style={{ letterSpacing: '-0.01em' }}>
        {common.product}
      </Text>
    </Group>
  )
}
