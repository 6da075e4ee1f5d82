/** Recovery codes, shown once: to be copied or downloaded; leaving takes a word of the person. */
import { Button, Code, CopyButton, Group, Modal, SimpleGrid, Stack, Text } from '@mantine/core'
import { you } from '../../text/en/you.ts'
import { useText } from '../../text/index.ts'

export function RecoveryCodes({ codes, onClose }: { codes: string[] | null; onClose: () => void }) {
  const { common } = useText()
  const all = codes?.join('\n') ?? ''
  const download = () => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([`${all}\n`], { type: 'text/plain' }))
    link.download = 'lazaret-recovery-codes.txt'
    link.click()
    URL.revokeObjectURL(link.href)
  }
  return (
    <Modal
      opened={codes !== null}
      onClose={onClose}
      title={you.codesTitle}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack>
        <Text size="sm">{you.codesText}</Text>
        <SimpleGrid cols={2} spacing="xs">
          {codes?.map((code) => (
            <Code key={code} fz="sm" ta="center" py={6}>
              {code}
            </Code>
          ))}
        </SimpleGrid>
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <CopyButton value={all}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {copied ? common.copied : common.copy}
                </Button>
              )}
            </CopyButton>
            <Button variant="default" onClick={download}>
              {you.download}
            </Button>
          </Group>
          <Button onClick={onClose} data-autofocus>
            {you.keptThem}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
