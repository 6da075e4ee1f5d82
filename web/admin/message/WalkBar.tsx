/** The way back to the result, the place in it, and its neighbours by arrow or key. */
import { ActionIcon, Box, Button, Group, Text, Tooltip } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconArrowLeft, IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { Link, useNavigate, useRouter } from '@tanstack/react-router'
import type { MouseEvent, ReactNode } from 'react'
import { useMay } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import type { Search } from '../query/address.ts'
import type { Step, Walk } from './walk.ts'

export interface WalkBarProps {
  result: Search | null
  walk: Walk | null
  /** Search parameters of this page that go along: tab and view. */
  own: Record<string, string>
}

export function WalkBar({ result, walk, own }: WalkBarProps) {
  const { message, common } = useText()
  const mayFind = useMay('message.find')
  const navigate = useNavigate()
  const search = (step: Step) => ({ ...result, page: String(step.page), ...own })
  const go = (step: Step | null | undefined) => {
    // A dialog asks about the message that is shown: no key takes it away from below.
    if (!step || document.querySelector('[role="dialog"]')) return
    void navigate({ to: '/query/$id', params: { id: step.id }, search: search(step) })
  }
  const back = () => go(walk?.previous)
  const on = () => go(walk?.next)
  const keys = { preventDefault: false }
  useHotkeys([
    ['[', back, keys],
    ['k', back, keys],
    [']', on, keys],
    ['j', on, keys],
  ])
  return (
    <Group justify="space-between" wrap="nowrap" mb="xs" mih={36} gap="xs">
      <Button
        renderRoot={(props) => (
          <Link {...props} to={mayFind ? '/query' : '/requests'} search={result ?? {}} />
        )}
        variant="subtle"
        size="compact-md"
        ml={-8}
        style={{ flexShrink: 0 }}
        leftSection={<IconArrowLeft size={17} aria-hidden />}
      >
        {result ? (
          <>
            <Box component="span" visibleFrom="xs">
              {message.toResult}
            </Box>
            <Box component="span" hiddenFrom="xs">
              {common.back}
            </Box>
          </>
        ) : mayFind ? (
          message.toQuery
        ) : (
          message.toRequests
        )}
      </Button>
      {walk && (
        <Group component="nav" gap={6} wrap="nowrap" aria-label={message.walk}>
          <Text
            size="sm"
            c="dimmed"
            ta="right"
            style={{ fontVariantNumeric: 'tabular-nums' }}
            role="status"
            lh={1.2}
          >
            {walk.lost
              ? message.placeLost
              : walk.place === null
                ? ''
                : message.place(walk.place, walk.total, walk.totalIsExact)}
          </Text>
          <Arrow
            step={walk.previous}
            search={search}
            label={message.previous}
            hint={message.previousHint}
            icon={<IconChevronLeft size={19} aria-hidden />}
          />
          <Arrow
            step={walk.next}
            search={search}
            label={message.next}
            hint={message.nextHint}
            icon={<IconChevronRight size={19} aria-hidden />}
          />
        </Group>
      )}
    </Group>
  )
}

interface ArrowProps {
  step: Step | null
  search: (step: Step) => Record<string, string>
  label: string
  hint: string
  icon: ReactNode
}

/**
 * A link, so that it can be opened in a window of its own. Without a neighbour it stays where it is, out of use: who
 * walks by the keyboard must not lose the place.
 */
function Arrow({ step, search, label, hint, icon }: ArrowProps) {
  const router = useRouter()
  const target = step && ({ to: '/query/$id', params: { id: step.id }, search: search(step) } as const)
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    if (target) void router.navigate(target)
  }
  return (
    <Tooltip label={hint}>
      <ActionIcon
        component="a"
        href={target ? router.buildLocation(target).href : undefined}
        role="link"
        tabIndex={0}
        aria-disabled={target ? undefined : true}
        data-disabled={target ? undefined : true}
        onClick={follow}
        variant="default"
        size={40}
        aria-label={label}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  )
}
