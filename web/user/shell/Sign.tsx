/** Whose quarantine this is: the organisation's logo, or the sign of the product and the organisation's name. */
import { Group, Stack, Text } from '@mantine/core'
import { useWords } from '../../text/user.ts'
import { useMy } from '../api.ts'
import styles from './sign.module.css'

const useEntrance = () => useMy('entrance', {}, { staleTime: Number.POSITIVE_INFINITY }).data

/** The name of the organisation; '' where none is configured or known yet. */
export const useOrganisation = (): string => useEntrance()?.organisation ?? ''

export function Sign({ size = 28 }: { size?: number }) {
  const text = useWords()
  const entrance = useEntrance()
  const organisation = entrance?.organisation ?? ''
  const isLarge = size > 32
  if (entrance?.logo)
    return (
      <Stack gap={8} align="center" miw={0}>
        <img
          src={entrance.logo}
          alt={organisation === '' ? text.product : organisation}
          className={isLarge ? styles.largeLogo : styles.logo}
        />
        {/* The picture has said it already to who does not see it. */}
        {isLarge && organisation !== '' && (
          <Text fw={650} size="xl" lh={1.15} ta="center" aria-hidden style={{ overflowWrap: 'anywhere' }}>
            {organisation}
          </Text>
        )}
      </Stack>
    )
  return (
    <Group gap={10} wrap="nowrap" miw={0}>
      <img src="/favicon.svg" width={size} height={size} alt="" />
      <Text
        fw={650}
        size={isLarge ? 'xl' : 'lg'}
        lh={1.15}
        lineClamp={2}
        style={{ overflowWrap: 'anywhere' }}
      >
        {organisation === '' ? text.product : organisation}
      </Text>
    </Group>
  )
}
