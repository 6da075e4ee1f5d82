/** What is done mostly, and beside it the way to do more at once: a menu with one entry. */
import { ActionIcon, Button, type ButtonProps, Menu } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import type { ReactNode } from 'react'

export interface SplitButtonProps extends Pick<ButtonProps, 'size' | 'variant' | 'leftSection'> {
  busy: boolean
  label: string
  onClick: () => void
  /** What the small button is called. */
  moreLabel: string
  more: { label: string; icon: ReactNode; onClick: () => void }
}

export function SplitButton({
  size = 'md',
  variant = 'filled',
  leftSection,
  busy,
  label,
  onClick,
  moreLabel,
  more,
}: SplitButtonProps) {
  return (
    <Button.Group style={{ maxWidth: '100%' }}>
      <Button
        size={size}
        variant={variant}
        loading={busy}
        leftSection={leftSection}
        onClick={onClick}
        // The group rounds a first child only, and a style sheet of Mantine's may stand before it.
        style={{
          flex: '1 1 auto',
          borderStartStartRadius: 'var(--button-radius, var(--mantine-radius-default))',
          borderEndStartRadius: 'var(--button-radius, var(--mantine-radius-default))',
        }}
      >
        {label}
      </Button>
      <Menu position="top-end" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon
            variant={variant}
            disabled={busy}
            aria-label={moreLabel}
            h="auto"
            w={40}
            mih={42}
            style={{ borderStartStartRadius: 0, borderEndStartRadius: 0, borderInlineStartWidth: 1 }}
            bd={variant === 'filled' ? '0' : undefined}
          >
            <IconChevronDown size={20} stroke={1.8} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item mih={44} leftSection={more.icon} onClick={more.onClick}>
            {more.label}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  )
}
