/** Asks before something that holds a virus leaves the quarantine for somebody's disk; a word must be typed. */
import { Text } from '@mantine/core'
import { useText } from '../../text/index.ts'
import { Confirm } from '../../ui/Confirm.tsx'

export interface VirusQuestionProps {
  /** What is to be downloaded; null: nothing is asked. */
  href: string | null
  onClose: () => void
}

export function VirusQuestion({ href, onClose }: VirusQuestionProps) {
  const { message } = useText()
  return (
    <Confirm
      opened={href !== null}
      title={message.virusTitle}
      confirmLabel={message.virusConfirm}
      danger
      typed={{ word: message.virusWord, label: message.virusLabel }}
      onConfirm={() => {
        if (href !== null) download(href)
        onClose()
      }}
      onClose={onClose}
    >
      <Text size="sm">{message.virusText}</Text>
    </Confirm>
  )
}

/** As a link that is followed: the server names the file. */
function download(href: string): void {
  const link = document.createElement('a')
  link.href = href
  link.download = ''
  link.click()
}
