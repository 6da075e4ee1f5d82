/** Areas in a table; where it is narrow each is a card. */
import { Badge, Paper, Table, Text, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { AnswerOf } from '../../api/client.ts'
import { useText } from '../../text/index.ts'
import { count } from '../../text/plural.ts'
import { MailText } from '../../ui/MailText.tsx'
import { size } from '../../ui/times.tsx'
import classes from './areas.module.css'

type Area = AnswerOf<'listAreas'>['items'][number]

export function AreaTable({ items }: { items: readonly Area[] }) {
  const { areas } = useText()
  // For who sees only some of the mail nothing is counted.
  const counted = items.some(({ messages }) => messages !== null)
  return (
    <Paper withBorder className={classes.paper}>
      <Table verticalSpacing={12} horizontalSpacing="md" className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{areas.name}</Table.Th>
            <Table.Th w={90}>{areas.kept}</Table.Th>
            <Table.Th w="19%">{areas.releasers}</Table.Th>
            <Table.Th w={180}>{areas.users}</Table.Th>
            <Table.Th w={110} ta="right">
              {areas.held}
            </Table.Th>
            {counted && (
              <>
                <Table.Th w={110} ta="right">
                  {areas.messages}
                </Table.Th>
                <Table.Th w={100} ta="right">
                  {areas.size}
                </Table.Th>
              </>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((area) => (
            <Row key={area.name} area={area} />
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  )
}

function Row({ area }: { area: Area }) {
  const { areas } = useText()
  const { name, description, configured, held, messages } = area
  return (
    <Table.Tr>
      <Table.Th scope="row" className={classes.name}>
        <Link to="/query" search={{ area: name }} className={classes.link}>
          <MailText>{name}</MailText>
        </Link>
        {!configured && (
          <Tooltip label={areas.goneHint}>
            <Badge variant="light" color="yellow" tt="none" fw={500} radius="sm" ml="xs">
              {areas.gone}
            </Badge>
          </Tooltip>
        )}
        <Text size="sm" c="dimmed" fw={400} className={classes.description}>
          <MailText>{configured ? description : areas.goneHint}</MailText>
        </Text>
      </Table.Th>
      <Table.Td data-label={areas.kept}>{kept(area, areas)}</Table.Td>
      <Table.Td data-label={areas.releasers}>{releasers(area, areas)}</Table.Td>
      <Table.Td data-label={areas.users}>
        <span>
          {area.visibleToUsers ? areas.usersSee : areas.usersNone}
          {area.visibleToUsers && area.usersDownloadParts && (
            <Text span inherit display="block" c="dimmed">
              {areas.usersDownload}
            </Text>
          )}
          {area.inDigest && (
            <Text span inherit display="block" c="dimmed">
              {areas.usersDigest}
            </Text>
          )}
        </span>
      </Table.Td>
      <Table.Td data-label={areas.held} className={classes.number}>
        {held === 0 ? (
          0
        ) : held === null ? (
          <Link
            to="/query"
            search={{ area: name, state: 'held' }}
            className={classes.link}
            aria-label={areas.showOf(name)}
          >
            {areas.show}
          </Link>
        ) : (
          <Link to="/query" search={{ area: name, state: 'held' }} className={classes.link}>
            {count(held)}
          </Link>
        )}
      </Table.Td>
      {messages !== null && (
        <Table.Td data-label={areas.messages} className={classes.number}>
          {count(messages)}
        </Table.Td>
      )}
      {area.bytes !== null && (
        <Table.Td data-label={areas.size} className={classes.number}>
          {size(area.bytes)}
        </Table.Td>
      )}
    </Table.Tr>
  )
}

type Words = ReturnType<typeof useText>['areas']

function kept({ keepDays, configured }: Area, words: Words): string {
  if (!configured) return words.unknownKept
  return keepDays === null ? words.forEver : words.days(keepDays)
}

function releasers({ releasableBy, configured }: Area, words: Words): string {
  // From those that are not configured whoever may release at all may.
  const named = configured ? releasableBy : ['operator']
  return named.map((one) => words.releasedBy[one] ?? one).join(', ') || (words.releasedBy.nobody ?? '')
}
