/** Text of a message with its lines kept; what hides in it is shown, as in MailText. */
import { visible } from '../../ui/MailText.tsx'

export const visibleLines = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => visible(line.replaceAll('\t', '    ')))
    .join('\n')
