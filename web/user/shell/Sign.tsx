/** Whose quarantine this is: the sign of the product and the organisation's name. */
import { Group, Text } from '@mantine/core'
import { useWords } from '../../text/user.ts'
import { useMy } from '../api.ts'

/** The name of the organisation; '' where none is configured or known yet. */
export const useOrganisation = (): string =>
  useMy('entrance', {}, { staleTime: Number.POSITIVE_INFINITY }).data?.organisation ?? ''

export function Sign({ size = 28 }: { size?: number }) {
  const text = useWords()
  const organisation = useOrganisation()
  return (
    <Group gap={10} wrap="nowrap" miw={0}>
      <img src="/favicon.svg" width={size} height={size} alt="" />
      <Text
        fw={650}
        size={size > 32 ? 'xl' : 'lg'}
        lh={1.15}
        lineClamp={2}
        style={{ overflowWrap: 'anywhere' }}
      >
        {organisation === '' ? text.product : organisation}
      </Text>
    </Group>
  )
}
