/**
 * Columns by day, stacked, each part a link. One tab stop: arrow keys go from day to day and from part to part. What is
 * pointed at or focused is told beside it. The same is to be had as a table (DayTable).
 */
import { Box, Group, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, type MouseEvent, useState } from 'react'
import { count } from '../../text/plural.ts'
import { Columns, marginLeft, marginTop, type Place } from './Columns.tsx'
import chart from './chart.module.css'
import { type Column, type Target, ticksTo } from './series.ts'

export interface DayChartProps {
  columns: readonly Column[]
  label: string
  height: number
  color: (part: number) => string
}

const marginBottom = 26

export function DayChart({ columns, label, height, color }: DayChartProps) {
  const { ref, width } = useElementSize()
  const router = useRouter()
  const [stop, setStop] = useState<Place | null>(null)
  const [shown, setShown] = useState<Place | null>(null)
  const ticks = ticksTo(Math.max(...columns.map(({ total }) => total)))
  const top = ticks.at(-1) ?? 1
  const plot = height - marginTop - marginBottom
  // The last day, unless one was chosen that is still there.
  const at = stop && columns[stop.day] ? stop : { day: columns.length - 1, part: -1 }

  const focus = (svg: SVGSVGElement, place: Place) => {
    setStop(place)
    svg.querySelector<SVGAElement>(`[data-day="${place.day}"][data-part="${place.part}"]`)?.focus()
  }
  const keys = (event: KeyboardEvent<SVGSVGElement>) => {
    if (event.key === 'Escape') return setShown(null)
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const from = placeOf(event.target) ?? at
    const next = neighbour(columns, from, event.key)
    if (!next) return
    event.preventDefault()
    focus(event.currentTarget, next)
  }
  const click = (event: MouseEvent<SVGSVGElement>) => {
    const href = (event.target as Element).closest('a')?.getAttribute('href')
    // With a key held it is the browser's: a new tab, a new window.
    if (!href || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
      return
    event.preventDefault()
    router.history.push(href)
  }
  const hrefOf = ({ to, search }: Target) => `${to}${router.options.stringifySearch(search)}`
  const column = shown && columns[shown.day]
  return (
    <Box ref={ref} className={chart.chart} h={height}>
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a picture cannot be a fieldset
        <svg
          width={width}
          height={height}
          role="group"
          aria-label={label}
          onKeyDown={keys}
          onClick={click}
          onPointerOver={(event) => setShown(placeOf(event.target))}
          onPointerLeave={() => setShown(null)}
          onFocus={(event) => setShown(placeOf(event.target))}
          onBlur={() => setShown(null)}
        >
          <g aria-hidden>
            {ticks.map((tick) => {
              const y = marginTop + plot * (1 - tick / top)
              return (
                <g key={tick}>
                  <line x1={marginLeft} x2={width} y1={y} y2={y} className={chart.line} />
                  <text x={marginLeft - 8} y={y} className={chart.tick} textAnchor="end" dy="0.32em">
                    {count(tick)}
                  </text>
                </g>
              )
            })}
          </g>
          <Columns
            columns={columns}
            width={width}
            plot={plot}
            top={top}
            at={at}
            shown={shown}
            color={color}
            hrefOf={hrefOf}
          />
        </svg>
      )}
      {column && shown && (
        <Hint column={column} part={shown.part} x={hintAt(shown.day, columns.length, width)} color={color} />
      )}
    </Box>
  )
}

function placeOf(target: EventTarget): Place | null {
  const link = target instanceof Element ? target.closest<SVGAElement>('[data-day]') : null
  return link ? { day: Number(link.dataset.day), part: Number(link.dataset.part) } : null
}

function neighbour(columns: readonly Column[], { day, part }: Place, key: string): Place | null {
  const partsOf = (n: number) => columns[n]?.parts.length ?? 0
  const to = (n: number): Place | null =>
    columns[n] ? { day: n, part: Math.min(part, partsOf(n) - 1) } : null
  switch (key) {
    case 'ArrowLeft':
      return to(day - 1)
    case 'ArrowRight':
      return to(day + 1)
    case 'Home':
      return to(0)
    case 'End':
      return to(columns.length - 1)
    case 'ArrowUp':
      return part + 1 < partsOf(day) ? { day, part: part + 1 } : null
    case 'ArrowDown':
      return part >= 0 ? { day, part: part - 1 } : null
    default:
      return null
  }
}

/** Beside the column, on the side that has room. */
const hintAt = (day: number, days: number, width: number) => {
  const band = (width - marginLeft) / days
  return day < days / 2
    ? { left: marginLeft + band * (day + 1) + 4 }
    : { right: width - marginLeft - band * day + 4 }
}

interface HintProps {
  column: Column
  part: number
  x: { left?: number; right?: number }
  color: (part: number) => string
}

/** The labels of the links say the same to those who do not see it. */
function Hint({ column, part, x, color }: HintProps) {
  return (
    <div className={chart.hint} style={x} aria-hidden>
      <Group justify="space-between" gap="lg" wrap="nowrap" fw={600}>
        <span>{column.name}</span>
        <span>{count(column.total)}</span>
      </Group>
      {column.parts.toReversed().map(({ key, name, value, color: which }, n) => (
        <Group
          key={key}
          justify="space-between"
          gap="lg"
          wrap="nowrap"
          fw={column.parts.length - 1 - n === part ? 600 : undefined}
        >
          <Group gap={6} wrap="nowrap">
            <span className={chart.swatch} style={{ background: color(which) }} />
            <Text span inherit>
              {name}
            </Text>
          </Group>
          <span>{count(value)}</span>
        </Group>
      ))}
    </div>
  )
}
