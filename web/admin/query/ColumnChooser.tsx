/** Which further columns a result has; remembered for the one who is signed in. */
import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { IconColumns3 } from '@tabler/icons-react'
import { useText } from '../../text/index.ts'
import { type Optional, optionalColumns } from './columns.tsx'
import classes from './query.module.css'

export interface ColumnChooserProps {
  chosen: readonly Optional[]
  onChoose: (chosen: Optional[]) => void
}

export function ColumnChooser({ chosen, onChoose }: ColumnChooserProps) {
  const { query } = useText()
  return (
    <Popover position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          aria-label={query.chooseColumns}
          leftSection={<IconColumns3 size={16} aria-hidden />}
        >
          <span className={classes.word}>{query.chooseColumns}</span>
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={query.chooseColumns}>
        <Stack gap={10}>
          {optionalColumns.map((id) => (
            <Checkbox
              key={id}
              label={query.columns[id]}
              checked={chosen.includes(id)}
              onChange={(event) =>
                onChoose(
                  optionalColumns.filter((one) =>
                    one === id ? event.currentTarget.checked : chosen.includes(one),
                  ),
                )
              }
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
