/**
 * Text that comes from mail: isolated from what stands around it, so that right-to-left overrides in it turn nothing
 * else; control characters are shown as what they are.
 */
import { Text, type TextProps } from '@mantine/core'

// Those that turn text, or hide in it.
const invisible = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/** Invisible characters become a visible mark with their code. Joiners between letters and emoji stay. */
export const visible = (text: string): string =>
  text.replace(invisible, (char) =>
    char === '\u200d' || char === '\u200c'
      ? char
      : char === '\t' || char === '\n' || char === '\r'
        ? ' '
        : `⟨${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  )

/** Text of a message with its lines kept. */
export const visibleLines = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => visible(line.replaceAll('\t', '    ')))
    .join('\n')

export interface MailTextProps extends TextProps {
  children: string
  /** Shown when the text is empty. */
  whenEmpty?: string
}

export function MailText({ children, whenEmpty, ...props }: MailTextProps) {
  return children === '' && whenEmpty !== undefined ? (
    <Text component="span" inherit c="dimmed" {...props}>
      {whenEmpty}
    </Text>
  ) : (
    <Text component="bdi" inherit {...props}>
      {visible(children)}
    </Text>
  )
}
