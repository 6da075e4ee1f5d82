/** Where the links of a message lead in truth: as text, never to be clicked. Those that name another site are marked. */
import { Button, Paper, Table, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useText } from '../../text/index.ts'
import { MailText, visible } from '../../ui/MailText.tsx'
import { deceives } from './deceit.ts'
import styles from './message.module.css'

interface Link {
  text: string
  target: string
}

const shownFirst = 10
/** The server lists no more. */
const most = 200

export function Links({ links }: { links: readonly Link[] }) {
  const { message } = useText()
  const [all, setAll] = useState(false)
  // Those that deceive first: they are what somebody looks for here.
  const sorted = [...links.filter(deceives), ...links.filter((link) => !deceives(link))]
  const shown = all ? sorted : sorted.slice(0, shownFirst)
  const title = message.links(links.length)
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <Table layout="fixed" verticalSpacing={6} horizontalSpacing={0}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="34%">{message.linkText}</Table.Th>
            <Table.Th pl="md">{message.linkTarget}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((link, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and links may be the same
            <Table.Tr key={n}>
              <Table.Td className={styles.any} style={{ verticalAlign: 'top' }}>
                <Text inherit component="div" lineClamp={3} title={visible(link.text)}>
                  <MailText whenEmpty={message.linkBare}>{link.text}</MailText>
                </Text>
              </Table.Td>
              <Table.Td pl="md" className={styles.any} style={{ verticalAlign: 'top' }}>
                <Text component="div" ff="monospace" fz="xs" lineClamp={4} title={visible(link.target)}>
                  <MailText>{link.target}</MailText>
                </Text>
                {deceives(link) && <span className={styles.warning}>{message.linkDiffers}</span>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {sorted.length > shown.length && (
        <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setAll(true)}>
          {message.moreLinks(sorted.length - shown.length)}
        </Button>
      )}
      {all && links.length >= most && (
        <Text size="xs" c="dimmed" mt="xs">
          {message.linksCut}
        </Text>
      )}
    </Paper>
  )
}
