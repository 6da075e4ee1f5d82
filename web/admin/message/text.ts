/** Text of a message with its lines kept; what hides in it is shown, as in MailText. */
import { visible } from '../../ui/MailText.tsx'

export const visibleLines = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => visible(line.replaceAll('\t', '    ')))
    .join('\n')

const sites = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?:[:/?#]|$)/iu

const siteOf = (text: string): string | null => sites.exec(text.trim())?.[1]?.toLowerCase() ?? null

/** Whether the words of a link name a site, and it leads to another. */
export function deceives({ text, target }: { text: string; target: string }): boolean {
  const said = siteOf(text)
  if (said === null || !/^https?:/i.test(target)) return false
  const site = siteOf(target)?.replace(/^www\./, '')
  const named = said.replace(/^www\./, '')
  return site !== named && !site?.endsWith(`.${named}`)
}
