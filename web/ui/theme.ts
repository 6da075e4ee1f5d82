/**
 * How the consoles look: one accent, quiet greys, dense but not crowded; the same in light and dark. Every text stands out
 * from what is behind it by at least 4.5:1 (WCAG 2.2, 1.4.3), for which some of the library's colours are made stronger.
 */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Deep water; shade 7 has 5.5:1 on white. */
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
const yellow: MantineColorsTuple = [
  '#fffbeb',
  '#fef3c7',
  '#fde68a',
  '#fcd34d',
  '#fbbf24',
  '#f59e0b',
  '#d97706',
  '#b45309',
  '#92400e',
  '#78350f',
]
const green: MantineColorsTuple = [
  '#f0fdf4',
  '#dcfce7',
  '#bbf7d0',
  '#86efac',
  '#4ade80',
  '#22c55e',
  '#16a34a',
  '#15803d',
  '#166534',
  '#14532d',
]
const red: MantineColorsTuple = [
  '#fef2f2',
  '#fee2e2',
  '#fecaca',
  '#fca5a5',
  '#f87171',
  '#ef4444',
  '#dc2626',
  '#b91c1c',
  '#991b1b',
  '#7f1d1d',
]
const blue: MantineColorsTuple = [
  '#eff6ff',
  '#dbeafe',
  '#bfdbfe',
  '#93c5fd',
  '#60a5fa',
  '#3b82f6',
  '#2563eb',
  '#1d4ed8',
  '#1e40af',
  '#1e3a8a',
]

const tints = { lagoon, yellow, green, red, blue }

/** The header of a dialog is none of the page: there a screen reader finds the console's own. */
const dialogHeader = { header: { role: 'presentation' } }

/** @param close what the button says that closes a dialog or a note */
export const themeWith = (close: string) =>
  createTheme({
    primaryColor: 'lagoon',
    primaryShade: { light: 7, dark: 7 },
    colors: tints,
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
      Modal: {
        defaultProps: {
          centered: true,
          transitionProps: { duration: 120 },
          closeButtonProps: { 'aria-label': close },
          attributes: dialogHeader,
        },
      },
      Drawer: {
        defaultProps: {
          transitionProps: { duration: 120 },
          closeButtonProps: { 'aria-label': close },
          attributes: dialogHeader,
        },
      },
      Notification: { defaultProps: { closeButtonProps: { 'aria-label': close } } },
      Alert: { defaultProps: { closeButtonLabel: close } },
      Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
      Anchor: { defaultProps: { underline: 'hover' } },
    },
  })

/** Text on tinted grounds (badges, alerts, light buttons), and text that stands back. */
export const strongerText: CSSVariablesResolver = () => {
  const light: Record<string, string> = {
    '--mantine-color-dimmed': '#5b6670',
    '--mantine-color-placeholder': '#6b7680',
    '--mantine-color-error': red[7],
    '--mantine-color-gray-light-color': '#3d464e',
    '--mantine-color-anchor': lagoon[7],
  }
  const dark: Record<string, string> = {
    '--mantine-color-dimmed': '#a3a7ab',
    '--mantine-color-placeholder': '#8d9296',
    '--mantine-color-error': red[3],
    '--mantine-color-gray-light-color': '#d0d4d8',
    '--mantine-color-anchor': lagoon[3],
  }
  for (const [name, shades] of Object.entries(tints)) {
    light[`--mantine-color-${name}-light`] = shades[1]
    light[`--mantine-color-${name}-light-color`] = shades[8]
    light[`--mantine-color-${name}-outline`] = shades[7]
    dark[`--mantine-color-${name}-light`] = `color-mix(in srgb, ${shades[6]} 22%, transparent)`
    dark[`--mantine-color-${name}-light-color`] = shades[2]
    dark[`--mantine-color-${name}-outline`] = shades[3]
  }
  return { variables: {}, light, dark }
}
