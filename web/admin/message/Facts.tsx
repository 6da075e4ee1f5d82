/** Names and values of a message, side by side; a value that can be copied has a button for it. */
import { ActionIcon, CopyButton, Group, Paper, Title, Tooltip } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { Fragment, type ReactNode } from 'react'
import { useText } from '../../text/index.ts'
import styles from './message.module.css'

export interface FactsProps {
  title: string
  facts: readonly (readonly [name: string, value: ReactNode])[]
  children?: ReactNode
}

export function Facts({ title, facts, children }: FactsProps) {
  return (
    <Card title={title}>
      <dl className={styles.facts}>
        {facts.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </Fragment>
        ))}
      </dl>
      {children}
    </Card>
  )
}

export function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  )
}

export function Copyable({ value, what, children }: { value: string; what: string; children: ReactNode }) {
  const { common } = useText()
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <span className={styles.any}>{children}</span>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? common.copied : common.copy}>
            <ActionIcon
              variant="subtle"
              color={copied ? 'green' : 'gray'}
              size="sm"
              mt={-2}
              aria-label={copied ? common.copied : `${common.copy}: ${what}`}
              onClick={copy}
            >
              {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  )
}
