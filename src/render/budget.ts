/**
 * What a page may hold before it is a burden to the browser that shows it: some things take browsers more time than they
 * have characters. Shared by all texts of a message; what is beyond it is left out, and that is said.
 */
import { neutralText } from './neutral.ts'

export interface Budget {
  /** Of pictures, each as often as it is shown. */
  pictureBytes: number
  pixels: number
  /** Of text that is seen. */
  chars: number
  /** Between directions of writing: laying out a paragraph takes a browser the square of their number. */
  turns: number
  /** Cells that are covered by spans of others: a table takes the time of its columns times its rows. */
  spans: number
  /** Targets of links that are shown. */
  targets: number
  /** Something was left out. */
  isSpent: boolean
}

export const pageBudget = (): Budget => ({
  pictureBytes: 10_000_000,
  pixels: 80_000_000,
  chars: 300_000,
  turns: 2000,
  spans: 2000,
  targets: 1000,
  isSpent: false,
})

const rightToLeft = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+/gu

/** As much of the text as there is room for, without what would disguise it. */
export function spendText(text: string, budget: Budget): string {
  let end = Math.min(text.length, Math.max(0, budget.chars))
  for (const { index } of text.slice(0, end).matchAll(rightToLeft))
    if (budget.turns-- <= 0) {
      end = index
      break
    }
  budget.chars -= end
  if (end < text.length) {
    budget.isSpent = true
    budget.chars = 0
  }
  return neutralText(text.slice(0, end))
}
