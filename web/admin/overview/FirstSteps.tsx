/** Nothing was held yet: how to send a first message that will be. */
import { Button, Code, CopyButton, Group, Paper, Stack, Text } from '@mantine/core'
import { IconInbox } from '@tabler/icons-react'
import { overview } from '../../text/en/overview.ts'
import { useText } from '../../text/index.ts'
import { Empty } from '../../ui/Empty.tsx'
import classes from './overview.module.css'

const lines = {
  curl: "printf 'From: a@example.net\\r\\nTo: b@example.com\\r\\nSubject: A bargain\\r\\nX-Spam-Flag: YES\\r\\n\\r\\nBuy now!\\r\\n' | curl smtp://127.0.0.1:10024 --mail-from a@example.net --mail-rcpt b@example.com -T -",
  swaks:
    "swaks --server 127.0.0.1:10024 --from a@example.net --to b@example.com --header 'Subject: A bargain' --add-header 'X-Spam-Flag: YES'",
}

export function FirstSteps() {
  const { common } = useText()
  const words = overview.first
  return (
    <Paper withBorder>
      <Empty title={words.title} icon={<IconInbox />}>
        {words.lead}
      </Empty>
      <Stack gap="md" px="lg" pb="xl" maw={860} mx="auto">
        {Object.entries(lines).map(([tool, line]) => (
          <div key={tool}>
            <Group justify="space-between" mb={4}>
              <Text size="sm" fw={500}>
                {words.with} {tool}
              </Text>
              <CopyButton value={line}>
                {({ copied, copy }) => (
                  <Button size="compact-sm" variant="default" className={classes.touch} onClick={copy}>
                    {copied ? common.copied : common.copy}
                    <span className="unseen"> {tool}</span>
                  </Button>
                )}
              </CopyButton>
            </Group>
            <Code block className={classes.command}>
              {line}
            </Code>
          </div>
        ))}
        <Text size="sm" c="dimmed">
          {words.spam} {words.address} {words.afterwards}
        </Text>
      </Stack>
    </Paper>
  )
}
