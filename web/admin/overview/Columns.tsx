/** The columns of a chart by day, and their names below. */
import chart from './chart.module.css'
import { type Column, shortDay, type Target } from './series.ts'

export interface Place {
  day: number
  /** -1: the whole day. */
  part: number
}

export const marginLeft = 44
export const marginTop = 8
const nameWidth = 56
const widest = 44
/** Columns that are thinner have no room for lines between their parts. */
const thin = 5

export interface ColumnsProps {
  columns: readonly Column[]
  width: number
  /** Height of the plot. */
  plot: number
  /** What the plot's height stands for. */
  top: number
  /** What Tab gets to. */
  at: Place
  shown: Place | null
  color: (part: number) => string
  hrefOf: (target: Target) => string
}

export function Columns({ columns, width, plot, top, at, shown, color, hrefOf }: ColumnsProps) {
  const band = (width - marginLeft) / columns.length
  const thick = Math.max(2, Math.min(widest, band * 0.7))
  const every = Math.ceil(nameWidth / band)
  const bottom = marginTop + plot
  return columns.map((column, day) => {
    const middle = marginLeft + band * (day + 0.5)
    const stop = (part: number) => (at.day === day && at.part === part ? 0 : -1)
    let y = bottom
    return (
      <g key={column.key} data-shown={shown?.day === day || undefined} className={chart.column}>
        <a
          href={hrefOf(column.target)}
          aria-label={column.label}
          tabIndex={stop(-1)}
          data-day={day}
          data-part={-1}
          className={chart.whole}
        >
          <rect x={middle - band / 2} y={marginTop} width={band} height={plot + 24} rx={4} />
        </a>
        {column.parts.map((part, n) => {
          const height = Math.max(thick < thin ? 1 : 2, (part.value / top) * plot)
          y -= height
          // A line of the ground between them: neighbours are told apart whatever their colours.
          const gap = height > 4 && thick >= thin ? 1 : 0
          return (
            <a
              key={part.key}
              href={hrefOf(part.target)}
              aria-label={part.label}
              tabIndex={stop(n)}
              data-day={day}
              data-part={n}
              className={chart.part}
            >
              <rect
                x={middle - thick / 2}
                y={y + gap}
                width={thick}
                height={height - gap}
                rx={Math.min(2, thick / 4)}
                style={{ fill: color(part.color) }}
              />
            </a>
          )
        })}
        {(columns.length - 1 - day) % every === 0 && (
          <text
            x={Math.min(middle, width - nameWidth / 2 + 8)}
            y={bottom + 17}
            textAnchor="middle"
            className={chart.tick}
            aria-hidden
          >
            {shortDay(column.key)}
          </text>
        )}
      </g>
    )
  })
}
