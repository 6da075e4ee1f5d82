/** Above a result: what can be done with the ticked rows, with all of it, and how it is shown. */
import { Anchor, Button, Group, Text, Tooltip } from '@mantine/core'
import { IconDownload, IconMailForward, IconTrash } from '@tabler/icons-react'
import { useMay, useSession } from '../../api/session.ts'
import { useText } from '../../text/index.ts'
import { ColumnChooser, type ColumnChooserProps } from './ColumnChooser.tsx'
import classes from './query.module.css'
import type { Ticks } from './useTicks.ts'

export interface ToolbarProps extends ColumnChooserProps {
  ticks: Ticks
  shown: number
  total: number
  totalIsExact: boolean
  exportUrl: string
  onRelease: () => void
  onDelete: () => void
}

export function Toolbar(props: ToolbarProps) {
  const { ticks, exportUrl, onRelease, onDelete, chosen, onChoose, total } = props
  const { query, common } = useText()
  const { role } = useSession()
  const [mayRelease, mayDelete] = [useMay('message.release'), useMay('message.delete')]
  const nothing = ticks.ids.size === 0 && !ticks.everything
  return (
    <Group justify="space-between" gap="xs" className={classes.toolbar}>
      {mayRelease || mayDelete ? (
        <Group gap="xs">
          {mayRelease && (
            <Why disabled={nothing} why={query.tickFirst}>
              <Button
                leftSection={<IconMailForward size={16} aria-hidden />}
                data-disabled={nothing || undefined}
                aria-disabled={nothing}
                onClick={() => !nothing && onRelease()}
              >
                {query.release}
              </Button>
            </Why>
          )}
          {mayDelete && (
            <Why disabled={nothing} why={query.tickFirst}>
              <Button
                variant="default"
                leftSection={<IconTrash size={16} aria-hidden />}
                data-disabled={nothing || undefined}
                aria-disabled={nothing}
                onClick={() => !nothing && onDelete()}
              >
                {query.delete}
              </Button>
            </Why>
          )}
        </Group>
      ) : (
        <Text size="sm" c="dimmed" maw={620}>
          {query.mayNot(common.roles[role])}
        </Text>
      )}
      <Ticked {...props} />
      <Group gap="xs" className={classes.views}>
        <Tooltip label={query.exportHint}>
          <Button
            component="a"
            {...(total > 0 ? { href: exportUrl } : { 'aria-disabled': true })}
            aria-label={query.exportCsv}
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            data-disabled={total === 0 || undefined}
          >
            <span className={classes.word}>{query.exportCsv}</span>
          </Button>
        </Tooltip>
        <ColumnChooser chosen={chosen} onChoose={onChoose} />
      </Group>
    </Group>
  )
}

/** A button that cannot be pressed now stays where it is and says why. */
function Why({ disabled, why, children }: { disabled: boolean; why: string; children: React.ReactElement }) {
  return (
    <Tooltip label={why} disabled={!disabled} events={{ hover: true, focus: true, touch: true }}>
      {children}
    </Tooltip>
  )
}

function Ticked({ ticks, shown, total, totalIsExact }: ToolbarProps) {
  const { query } = useText()
  const button = (label: string, onClick: () => void) => (
    <Anchor component="button" type="button" size="sm" onClick={onClick}>
      {label}
    </Anchor>
  )
  if (ticks.everything)
    return (
      <Group gap="xs" className={classes.ticked}>
        <Text size="sm" role="status">
          {query.everything(total, totalIsExact)}
        </Text>
        {button(query.untick, ticks.clear)}
      </Group>
    )
  if (ticks.ids.size === 0) return null
  return (
    <Group gap="xs" className={classes.ticked}>
      <Text size="sm" role="status">
        {query.ticked(ticks.ids.size)}
      </Text>
      {ticks.ids.size >= shown &&
        total > ticks.ids.size &&
        button(query.tickEverything(total, totalIsExact), ticks.tickEverything)}
      {button(query.untick, ticks.clear)}
    </Group>
  )
}
