/** What verifying the hash chain has shown. */
import { Alert, Code, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import type { AnswerOf } from '../../api/client.ts'
import { audit } from '../../text/en/audit.ts'

export function Verified({ report }: { report: AnswerOf<'verifyAudit'> }) {
  const whole = report.brokenAt === null
  return (
    <Alert
      role="status"
      color={whole ? 'green' : 'red'}
      icon={whole ? <IconShieldCheck /> : <IconShieldX />}
      title={report.brokenAt === null ? audit.whole(report.rows) : audit.broken(report.brokenAt)}
    >
      <Text size="sm">{audit.head}</Text>
      <Code style={{ overflowWrap: 'anywhere' }}>{report.head}</Code>
    </Alert>
  )
}
