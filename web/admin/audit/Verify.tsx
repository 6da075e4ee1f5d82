/** Verifying the hash chain: on demand, since every row is read; the outcome stays on the page. */
import { Alert, Box, Button, Code, Stack, Text } from '@mantine/core'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useApi } from '../../api/hooks.ts'
import { useText } from '../../text/index.ts'
import { Failure } from '../../ui/Failure.tsx'

export function Verify() {
  const { audit } = useText()
  const report = useApi('verifyAudit', {}, { enabled: false })
  const broken = report.data?.brokenAt ?? null
  return (
    <Stack gap="xs" aria-live="polite">
      <Box>
        <Button
          variant="default"
          leftSection={<IconShieldCheck size={16} />}
          loading={report.isFetching}
          onClick={() => void report.refetch()}
        >
          {audit.verify}
        </Button>
      </Box>
      {report.error && <Failure error={report.error} />}
      {report.data && (
        <Alert
          color={broken === null ? 'green' : 'red'}
          icon={broken === null ? <IconShieldCheck /> : <IconShieldX />}
          title={broken === null ? audit.whole(report.data.rows) : audit.broken(broken)}
        >
          <Text size="sm">{audit.head}</Text>
          <Code style={{ overflowWrap: 'anywhere' }}>{report.data.head}</Code>
        </Alert>
      )}
    </Stack>
  )
}
