/** Rows of the audit log; each opens to its details and hash. On a narrow screen a row is two lines. */
import { Box, Code, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { AnswerOf } from '../../api/client.ts'
import { audit } from '../../text/en/audit.ts'
import { MailText } from '../../ui/MailText.tsx'
import { Time } from '../../ui/times.tsx'
import classes from './AuditRows.module.css'

type Row = AnswerOf<'listAudit'>['items'][number]

export function AuditRows({ items }: { items: readonly Row[] }) {
  return (
    <Box component="ul" className={classes.list}>
      {items.map((row) => (
        <AuditRow key={row.seq} row={row} />
      ))}
    </Box>
  )
}

const isMessage = (target: string): boolean => /^[0-9a-hjkmnp-tv-z]{11}$/i.test(target)

function AuditRow({ row }: { row: Row }) {
  const [open, setOpen] = useState(false)
  return (
    <li className={classes.item}>
      <UnstyledButton className={classes.row} onClick={() => setOpen(!open)} aria-expanded={open}>
        <IconChevronRight size={16} className={classes.chevron} data-open={open || undefined} aria-hidden />
        <Text size="sm" className={classes.at} component="span">
          <Time at={row.at} />
        </Text>
        <Text size="sm" fw={500} className={`cut ${classes.actor}`} component="span">
          <MailText>{row.actor}</MailText>
        </Text>
        <Code className={classes.deed}>{row.deed}</Code>
        <Text size="sm" c="dimmed" className={`cut ${classes.target}`} component="span">
          <MailText>{row.target}</MailText>
        </Text>
      </UnstyledButton>
      {open && (
        <Stack gap={6} className={classes.details}>
          <Group gap="xl">
            <Fact name={audit.number} value={String(row.seq)} />
            <Fact name={audit.origin} value={row.origin} />
            {isMessage(row.target) && row.deed.startsWith('message.') && (
              <Box>
                <Text size="xs" c="dimmed">
                  {audit.target}
                </Text>
                <Link to="/query/$id" params={{ id: row.target }} search={{}}>
                  {row.target}
                </Link>
              </Box>
            )}
          </Group>
          {Object.keys(row.details).length > 0 && (
            <Box>
              <Text size="xs" c="dimmed">
                {audit.details}
              </Text>
              <Code block className={classes.code}>
                <MailText>{JSON.stringify(row.details)}</MailText>
              </Code>
            </Box>
          )}
          <Fact name={audit.hash} value={row.hash} mono />
        </Stack>
      )}
    </li>
  )
}

function Fact({ name, value, mono = false }: { name: string; value: string; mono?: boolean }) {
  return (
    <Box>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" ff={mono ? 'monospace' : undefined} style={{ overflowWrap: 'anywhere' }}>
        <MailText>{value}</MailText>
      </Text>
    </Box>
  )
}
