/** MailText for the rows of a result: as safe, and light enough for some thousand of them. */
import { visible } from '../../ui/MailText.tsx'
import classes from './cells.module.css'

export function Plain({ text, whenEmpty }: { text: string; whenEmpty?: string }) {
  return text === '' && whenEmpty !== undefined ? (
    <span className={classes.empty}>{whenEmpty}</span>
  ) : (
    <bdi>{visible(text)}</bdi>
  )
}
