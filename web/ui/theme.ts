/** How the consoles look: one accent, quiet greys, dense but not crowded; the same in light and dark. */
import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** Deep water; shade 7 has 4.5:1 on white, shade 4 on the dark body. */
const lagoon: MantineColorsTuple = [
  '#e6f7fa',
  '#d0edf2',
  '#a1dbe6',
  '#6ec7d8',
  '#45b6cc',
  '#2ba7c0',
  '#1a93ab',
  '#0b7285',
  '#086274',
  '#044e5d',
]

export const theme = createTheme({
  primaryColor: 'lagoon',
  primaryShade: { light: 7, dark: 7 },
  colors: { lagoon },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "Cascadia Mono", "Liberation Mono", Menlo, monospace',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
  respectReducedMotion: true,
  components: {
    Modal: { defaultProps: { centered: true, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Anchor: { defaultProps: { underline: 'hover' } },
  },
})
