/** Light or dark as the signed-in person prefers. */
import { useMantineColorScheme } from '@mantine/core'
import { useEffect } from 'react'

export function useTheme(theme: 'auto' | 'light' | 'dark'): void {
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => setColorScheme(theme), [theme, setColorScheme])
}
